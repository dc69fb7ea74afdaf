import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

/**
 * The API server sends every change of an object by itself. Waking up for each costs several times what reading it does;
 * so what comes within this time is read together.
 */
const REST_MILLISECONDS = 100;

/**
 * Reads a stream in gulps: all that is there, then a rest. What comes after a silence is handed out at once, all else at most
 * a rest later; while there is always more, there is no rest, so that a reader can catch up. Made for a stream with little
 * room of its own (`highWaterMark`), as one with much goes on waking up to fill it. Throws what the stream fails with.
 */
export async function* gulps(stream: Readable): AsyncGenerator<Buffer> {
  let resting = false;
  let goOn = () => {};
  stream.on('readable', () => resting || goOn());
  stream.on('close', () => goOn());
  stream.on('error', () => goOn());
  try {
    for (let gulped = false; ; ) {
      let any = false;
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
        any = true;
        yield chunk;
      }
      if (stream.errored !== null) throw stream.errored;
      if (stream.readableEnded) return;
      if (stream.closed) throw new Error('the stream was closed before its end');
      if (any) {
        await turn();
      } else {
        resting = gulped;
        await new Promise<void>((resolve) => {
          goOn = resolve;
          if (gulped) setTimeout(resolve, REST_MILLISECONDS);
        });
        resting = false;
      }
      gulped = any;
    }
  } finally {
    stream.destroy();
  }
}
