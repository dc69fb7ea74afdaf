import type { Result } from '../../reports/result.ts';
import { reasonOf } from '../errors.ts';
import { History } from './history-store.ts';
import { say } from './output.ts';

/** Takes a run into the history. That this fails is worth a line, and changes nothing about the run. */
export function remember(result: Result): void {
  try {
    using history = History.open();
    history.add(result);
  } catch (error) {
    say(`not kept in the history: ${reasonOf(error)}`);
  }
}
