import { EXIT } from '../errors.ts';

/** The exit code, unless something could not be written: a pass that nobody can read up on is none. */
export function unlessLost(exitCode: number, unwritten: number): number {
  return unwritten > 0 && exitCode === EXIT.holds ? EXIT.inconclusive : exitCode;
}
