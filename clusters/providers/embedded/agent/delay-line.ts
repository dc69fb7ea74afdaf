import type { Socket } from 'node:net';

/** On a Service: what callers send reaches its pods so many seconds later. Connections that are open obey it too. */
export const DELAY_ANNOTATION = 'falldown.dev/delay-seconds';

/**
 * Passes on what one socket sends to another, each piece as much later as `seconds` says when it comes, in order: a long
 * line, as `tc netem delay` makes one, not a narrow one. Its end comes as late.
 */
export function delayed(from: Socket, to: Socket, seconds: () => number): void {
  const line: { at: number; pass: () => void }[] = [];
  const move = () => {
    // Timers may fire a millisecond early.
    while (line[0] !== undefined && line[0].at <= performance.now() + 1) line.shift()?.pass();
    if (line[0] !== undefined) setTimeout(move, line[0].at - performance.now());
  };
  const later = (act: () => void) => {
    const pass = () => to.destroyed || act();
    const wait = seconds() * 1000;
    if (wait <= 0 && line.length === 0) return pass();
    line.push({ at: performance.now() + wait, pass });
    if (line.length === 1) setTimeout(move, wait);
    return undefined;
  };
  from.on('data', (piece) => later(() => to.write(piece)));
  from.on('end', () => later(() => to.end()));
}
