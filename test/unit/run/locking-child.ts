/** Takes a lock many times; every time it leaves, it signs the lock for a dead process, so that it must be taken over. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { withFileLock } from '../../../harness/file-lock.ts';

const [, , lock, log, times] = process.argv as [string, string, string, string, string];
for (let i = 0; i < Number(times); i++) {
  await withFileLock(lock, async () => {
    appendFileSync(log, `in ${process.pid}-${i}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    appendFileSync(log, `out ${process.pid}-${i}\n`);
  });
  if (Math.random() < 0.5 && !existsSync(lock)) {
    try {
      writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, startTicks: `${process.pid}-${i}` }), { flag: 'wx' });
    } catch {
      // Somebody was faster; theirs is as good.
    }
  }
}
// What the last one left dead is taken over and removed.
await withFileLock(lock, async () => undefined);
