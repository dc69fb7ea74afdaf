/** Something that is done to a cluster on purpose, and undone. */
export interface Fault {
  name: string;
  /** One line in plain words, for lists and for the journal. */
  describe: string;
  inject(): Promise<void>;
  revert(): Promise<void>;
}
