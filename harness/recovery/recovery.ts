import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import type { Attempt, Person } from '../people/person.ts';

/** What a path may need to know of the cluster that it is tried on. */
export interface Ground {
  handle: ClusterHandle;
  profile: Profile;
  /** helm values that the rules come back with, from the profile's restoreWith. */
  safeguards: Record<string, unknown> | undefined;
  runId: string;
  signal: AbortSignal;
}

/** A way out of the deadlock. */
export interface RecoveryPath {
  name: string;
  /** One line: what is done. */
  describe: string;
  /** The identity that has the permissions it takes. */
  identity: string;
  /** What it puts at risk while it works, or costs. */
  risk: string;
  /** The same as command lines, as they would stand in a runbook. */
  commands: (profile: Profile) => string[];
  /** Does it in this person's name; refusals are recorded and returned, not thrown. */
  attempt(person: Person, ground: Ground): Promise<Attempt>;
}

/** Several requests of one path count as one attempt: the first that was refused decides, else the last one. */
export async function inTurn(attempts: readonly (() => Promise<Attempt>)[]): Promise<Attempt> {
  let last: Attempt | undefined;
  for (const attempt of attempts) {
    last = await attempt();
    if (!last.ok) return last;
  }
  if (last === undefined) return { ok: false, code: 404, message: 'there was nothing to do it to' };
  return last;
}
