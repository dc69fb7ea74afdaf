import { EXIT } from '../errors.ts';

/** A timer beyond this fires at once (32 bits of milliseconds, 24 days); no run is that long. */
const LONGEST_TIMER_SECONDS = (2 ** 31 - 1) / 1000;

/** Why a run was stopped from outside. It is the reason of the run's AbortSignal. */
export class Interrupted extends Error {
  readonly how: 'interrupted' | 'deadline';
  readonly exitCode: number;

  constructor(how: 'interrupted' | 'deadline', message: string, exitCode: number) {
    super(message);
    this.how = how;
    this.exitCode = exitCode;
  }
}

export interface Interruption {
  signal: AbortSignal;
  /** Stops listening to signals and the clock. */
  release(): void;
}

/**
 * One signal: stop and clean up. A second one: leave at once, and say how to clean up later. The deadline, in seconds,
 * acts like the first.
 */
export function onInterruption(say: (line: string) => void, timeoutSeconds?: number): Interruption {
  const controller = new AbortController();
  let signals = 0;
  const stop = (name: 'SIGINT' | 'SIGTERM', code: number) => () => {
    signals += 1;
    if (signals > 1) {
      say(`${name} again: leaving now. What is left behind is removed by: falldown cleanup`);
      process.exit(code);
    }
    say(`${name}: stopping and cleaning up (once more to leave at once)`);
    controller.abort(new Interrupted('interrupted', `stopped by ${name}`, code));
  };
  const onInt = stop('SIGINT', EXIT.sigint);
  const onTerm = stop('SIGTERM', EXIT.sigterm);
  // Not `once`: execa ends the process when it finds no listener but its own, and one that is called once is gone by then.
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  const clock =
    timeoutSeconds === undefined || timeoutSeconds > LONGEST_TIMER_SECONDS
      ? undefined
      : setTimeout(() => {
          const message = `not done within the ${timeoutSeconds} s of --timeout`;
          controller.abort(new Interrupted('deadline', message, EXIT.deadline));
        }, timeoutSeconds * 1000);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
      clearTimeout(clock);
    },
  };
}
