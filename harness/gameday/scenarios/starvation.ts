import type { Scenario } from '../scenario.ts';
import { BOOMERANGS, CAUSES, FAN_OUT_AND_COLLISION, PARS, ROLES, STALE_SECONDS } from './common.ts';

/** The other ending: the replacement is admitted and has nowhere to run (F9, starvation). */
export const starvation: Scenario = {
  name: 'starvation',
  title: 'Let in, but nowhere to go',
  facts: ['F1', 'F3', 'F4', 'F6', 'F7', 'F8', 'F9', 'F11', 'F15'],
  profile: 'starvation',
  briefing:
    'You run a cluster for several teams. Kyverno approves every pod except its own, as its chart ships it; the video ' +
    'team encodes in big batches. It is an ordinary day. Keep pods starting, and keep the policies in force.',
  roles: ROLES,
  steps: FAN_OUT_AND_COLLISION,
  causes: CAUSES,
  cause: 'gatekeeper-starved',
  hints: [
    { price: 3, text: 'Believe requests more than dashboards: try to start any pod, and read the whole answer.' },
    { price: 5, text: 'kubectl get pods -n kyverno: what is the gatekeeper waiting for?' },
    {
      price: 8,
      text: 'What took the node has to go. Its scale can be set, of its Deployment and of its ReplicaSet, which no controller may pass on now; its pod cannot be deleted, but evicted: kubectl drain --pod-selector.',
    },
  ],
  useless: [
    ...BOOMERANGS,
    {
      verbs: ['patch', 'update'],
      resource: /^deployments\.apps(\/scale)?$/,
      ns: /^kyverno$/,
      until: 'mitigated',
      because: 'one more or one new pod of the gatekeeper waits for the same full node',
    },
  ],
  pars: PARS,
  staleSeconds: STALE_SECONDS,
  questions: [
    'How does this differ from a gatekeeper that is locked out, and how can you tell the two apart within a minute?',
    'Who could have known that the security service outranks the gatekeeper, and when?',
    'What on the dashboards was true?',
    'Which one setting would have made this an ordinary day?',
  ],
};
