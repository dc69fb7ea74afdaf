import type { Scenario } from '../scenario.ts';
import { BOOMERANGS, FIRST_HINT, moreGatekeepers, THAT_DAY } from './common.ts';

/** The other ending: the replacement is admitted and has nowhere to run (F9, starvation). */
export const starvation: Scenario = {
  name: 'starvation',
  title: 'The night nothing started',
  facts: ['F1', 'F3', 'F4', 'F6', 'F7', 'F8', 'F9', 'F11', 'F15'],
  profile: 'starvation',
  briefing:
    'You run a cluster for several teams. Kyverno, as its chart ships it, approves pods; the video team encodes in big ' +
    'batches. It is an ordinary night, and no alert is known to be broken. Keep pods starting, and keep the policies in force.',
  ...THAT_DAY,
  cause: 'gatekeeper-starved',
  hints: [
    FIRST_HINT,
    { price: 5, text: 'kubectl get pods -n kyverno: what is the gatekeeper waiting for?' },
    {
      price: 8,
      text: 'What took the node has to go. Its scale can be set, of its Deployment and of its ReplicaSet, which no controller may pass on now; its pod cannot be deleted, but evicted: kubectl drain --pod-selector.',
    },
  ],
  useless: [...BOOMERANGS, moreGatekeepers('one more or one new pod of the gatekeeper waits for the same full node')],
  questions: [
    'How does this differ from a gatekeeper that is locked out, and how can you tell the two apart within a minute?',
    'Who could have known that the security service outranks the gatekeeper, and when?',
    'What on the dashboards was true?',
    'Which one setting would have made this an ordinary day?',
  ],
};
