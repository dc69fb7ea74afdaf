import type { World } from '../run/world.ts';

/** A role that somebody plays: an identity of the profile, whose kubeconfig they get. */
export interface Role {
  identity: string;
  title: string;
}

/** Something that may have happened; the crew names one. */
export interface Cause {
  id: string;
  text: string;
}

/** A change that is accepted but does not help, up to a turning point. */
export interface Useless {
  verbs: readonly string[];
  /** Of an audited request, e.g. `pods`, `deployments.apps/scale`. */
  resource: RegExp;
  ns?: RegExp;
  /** Afterwards it is no mistake any more. */
  until: 'mitigated' | 'end';
  because: string;
}

/** Something that is done to the cluster at a hidden time. */
export interface HiddenStep {
  name: string;
  describe: string;
  /** Earliest and latest moment, as shares (0 … 1) of the time within which everything happens. */
  between: readonly [number, number];
  run(world: World): Promise<void>;
}

/** Full points up to `full` seconds, none from `none` on. */
export interface Par {
  full: number;
  none: number;
}

/** What a game day is about. It is the same for every crew; only the times differ, by the seed. */
export interface Scenario {
  name: string;
  title: string;
  facts: string[];
  profile: string;
  /** What the crew is told beforehand. It gives nothing away. */
  briefing: string;
  roles: readonly Role[];
  steps: readonly HiddenStep[];
  causes: readonly Cause[];
  /** Id of the right one. */
  cause: string;
  /** Asked for one after the other. */
  hints: readonly { text: string; price: number }[];
  useless: readonly Useless[];
  pars: { detect: Par; diagnose: Par; mitigate: Par; recover: Par; exposure: Par };
  /** For how long the dashboards show the last value of a source that is silent (F4), in seconds. */
  staleSeconds: number;
  /** For the debrief: what could be talked about. */
  questions: readonly string[];
}
