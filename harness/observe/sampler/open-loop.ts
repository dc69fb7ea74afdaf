/**
 * Timers have a resolution of 1 ms and come late, never early. What is due within the next millisecond is therefore
 * sent now, and counted from now.
 */
const EARLY_MILLISECONDS = 1;

/**
 * Calls `send` again and again on a fixed schedule, whatever became of the calls before: a server that stalls must not
 * make its clients ask less (coordinated omission). A schedule that was held up catches up at once; each call is told
 * when it was due, in milliseconds of `now`. Returns what stops it.
 */
export function openLoop(
  firstDue: number,
  everyMilliseconds: number,
  send: (due: number, n: number) => void,
  now: () => number = () => performance.now(),
): () => void {
  let n = 0;
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    for (;;) {
      const due = firstDue + n * everyMilliseconds;
      const time = now();
      if (due > time + EARLY_MILLISECONDS) {
        timer = setTimeout(tick, Math.floor(due - time));
        return;
      }
      send(Math.min(due, time), n++);
    }
  };
  tick();
  return () => clearTimeout(timer);
}
