import type { Attempt, Person } from '../people/person.ts';

/** A way out of the deadlock. */
export interface RecoveryPath {
  name: string;
  /** One line: what is done. */
  describe: string;
  /** The identity that has the permissions it takes. */
  identity: string;
  /** What it puts at risk while it works. */
  risk: string;
  /** Does it in this person's name; refusals are recorded and returned, not thrown. */
  attempt(person: Person): Promise<Attempt>;
}
