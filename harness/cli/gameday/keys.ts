import { reasonOf } from '../../errors.ts';
import type { Controls } from '../../gameday/controls.ts';
import { say } from '../output.ts';

/** Lets the facilitator press a key in the terminal that holds the game day. Returns what stops that. */
export function listenForKeys(controls: Controls): () => void {
  const { stdin } = process;
  if (stdin.isTTY !== true) return () => {};
  const keys: Record<string, () => string> = {
    a: () => controls.acknowledge(undefined),
    h: () => controls.hint(undefined),
    p: () => (controls.paused ? controls.resume() : controls.pause()),
    f: () => controls.end('finished'),
    q: () => controls.end('aborted'),
  };
  const pressed = (data: Buffer) => {
    const key = data.toString();
    // In raw mode the terminal makes no signal of Ctrl-C.
    if (key === '\x03') process.kill(process.pid, 'SIGINT');
    try {
      const said = keys[key.toLowerCase()]?.();
      if (said !== undefined) say(said);
    } catch (error) {
      say(reasonOf(error));
    }
  };
  stdin.setRawMode(true).resume().on('data', pressed);
  return () => {
    stdin.off('data', pressed).setRawMode(false).pause();
  };
}
