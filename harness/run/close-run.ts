import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterHandle, Progress } from '../../clusters/providers/provider.ts';
import type { FalldownError } from '../errors.ts';
import type { RunEnded } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import { collectLogs } from './collect-logs.ts';
import type { Ledger } from './ledger.ts';
import { asFailure } from './run-step.ts';
import type { Teardown } from './teardown.ts';

/** The end of a run, however it ended: its last word is written, logs are taken, everything that was made goes. Returns why not all went. */
export async function closeRun(run: {
  ended: RunEnded;
  journal: Journal;
  /** Undefined when there never was a cluster. */
  handle: ClusterHandle | undefined;
  dir: string;
  progress: Progress;
  teardown: Teardown;
  cleanupSeconds: number;
  ledger: Ledger;
}): Promise<FalldownError[]> {
  const { ended, journal, handle, dir, progress, teardown, cleanupSeconds, ledger } = run;
  const failures: FalldownError[] = [];
  /** What the disk does not take keeps nothing from being removed. */
  const attempt = async (act: () => unknown) => {
    try {
      await act();
    } catch (error) {
      failures.push(asFailure(error));
    }
  };
  journal.append(ended);
  await attempt(() => journal.flush());
  if (handle !== undefined) await attempt(() => collectLogs(handle, join(dir, 'logs')));
  const cleaning = progress.step('clean up');
  await attempt(async () => {
    await teardown.run(cleanupSeconds);
    cleaning();
  });
  await attempt(() => journal.close());
  await attempt(() => writeFileSync(join(dir, 'ledger.json'), `${JSON.stringify(ledger.file, null, 2)}\n`));
  await attempt(() => ledger.close());
  return failures;
}
