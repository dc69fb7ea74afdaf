import type { Cause, HiddenStep, Role, Scenario, Useless } from '../scenario.ts';

const ROLES: readonly Role[] = [
  { identity: 'infra-oncall', title: 'Infrastructure on call: pods, Jobs and Deployments; reads the admission rules' },
  { identity: 'platform-admin', title: 'Platform admin: may do everything; busy, so ask for what you want done' },
  { identity: 'security-team', title: 'Security team: Deployments and pods, of their own and of others' },
];

const CAUSES: readonly Cause[] = [
  { id: 'etcd-full', text: 'etcd is full or slow: the API server cannot store anything' },
  { id: 'scheduler-down', text: 'the scheduler is gone or stuck: nothing is placed' },
  { id: 'nodes-lost', text: 'nodes are lost or out of memory' },
  { id: 'job-too-big', text: 'the encoding Job is too big and clogs the control plane' },
  { id: 'bad-policy', text: 'a new policy refuses the pods' },
  { id: 'webhook-expired', text: 'the certificate of an admission webhook has expired' },
  { id: 'gatekeeper-crash', text: 'the gatekeeper crashes, so its webhook refuses everything' },
  {
    id: 'gatekeeper-locked-out',
    text: 'the gatekeeper was preempted, and its own fail-closed webhook refuses its replacement',
  },
  {
    id: 'gatekeeper-starved',
    text: 'the gatekeeper was preempted, and its replacement waits for a node behind pods that outrank it',
  },
];

/** F1, then F7: an ordinary fan-out, and a rollout that nobody was told of. */
const FAN_OUT_AND_COLLISION: readonly HiddenStep[] = [
  {
    name: 'fan-out',
    describe: 'the batch user submits the encoding Job',
    between: [0.05, 0.3],
    async run(world) {
      await world.fanOut.launch();
      await world.fanOut.created(1 / 4);
    },
  },
  {
    name: 'collision',
    describe: 'the security team rolls out a service that outranks the gatekeeper',
    between: [0.4, 1],
    run: (world) => world.collision.inject(),
  },
];

/** F11: what people try first. */
export const BOOMERANGS: readonly Useless[] = [
  {
    verbs: ['delete', 'deletecollection'],
    resource: /^pods$/,
    ns: /^encoding$/,
    until: 'end',
    because: 'the Job controller makes a deleted encoding pod anew, or cannot, and it is missing',
  },
  {
    verbs: ['delete', 'deletecollection'],
    resource: /^jobs\.batch$/,
    until: 'end',
    because: 'the encoding Job is a victim: without it the work is lost, and nothing else is better',
  },
];

const STALE_SECONDS = 1800;

const PARS: Scenario['pars'] = {
  detect: { full: 60, none: 600 },
  diagnose: { full: 300, none: 1800 },
  mitigate: { full: 480, none: 2400 },
  recover: { full: 720, none: 3600 },
  exposure: { full: 60, none: 600 },
};

/** What every scenario of that day has: who plays, what happens to them, what it could be, and how it is scored. */
export const THAT_DAY = {
  roles: ROLES,
  steps: FAN_OUT_AND_COLLISION,
  causes: CAUSES,
  pars: PARS,
  staleSeconds: STALE_SECONDS,
} satisfies Partial<Scenario>;

export const FIRST_HINT: Scenario['hints'][number] = {
  price: 3,
  text: 'Believe requests more than dashboards: try to start any pod, and read the whole answer.',
};

/** More or newer pods of the gatekeeper are asked for, which cannot help yet. */
export function moreGatekeepers(because: string): Useless {
  return {
    verbs: ['patch', 'update'],
    resource: /^deployments\.apps(\/scale)?$/,
    ns: /^kyverno$/,
    until: 'mitigated',
    because,
  };
}
