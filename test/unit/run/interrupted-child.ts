/** Waits to be interrupted, then cleans up for as many seconds as it is told. */
import { type Interrupted, onInterruption } from '../../../harness/run/interruption.ts';

const seconds = Number(process.argv[2]);
const say = (line: string) => process.stdout.write(`${line}\n`);
const { signal, release } = onInterruption(say);
const alive = setInterval(() => undefined, 1e6);
signal.addEventListener('abort', () => {
  const { how, exitCode, message } = signal.reason as Interrupted;
  say(`aborted ${how} ${exitCode} ${message}`);
  setTimeout(() => {
    say('cleaned up');
    clearInterval(alive);
    release();
  }, seconds * 1000);
});
say('ready');
