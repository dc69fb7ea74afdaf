/** Something that is done to a cluster on purpose, and undone. */
export interface Fault {
  name: string;
  /** One line in plain words, for lists and for the journal. */
  describe: string;
  inject(): Promise<void>;
  revert(): Promise<void>;
  /** Goes on with a revert that was refused, until it is accepted; then it does nothing. Absent where none can be. */
  persist?(): Promise<void>;
}
