import type { HiddenStep, Scenario } from './scenario.ts';

export interface Due {
  step: HiddenStep;
  /** Seconds of the game, pauses left out. */
  at: number;
}

/** When each step is due: chosen by the seed, in the order of the scenario, all within so many seconds of the game. */
export function schedule({ steps }: Pick<Scenario, 'steps'>, withinSeconds: number, seed: number): Due[] {
  const random = seeded(seed);
  let earliest = 0;
  return steps.map((step) => {
    const [from, to] = step.between;
    earliest = Math.max(earliest, (from + (to - from) * random()) * withinSeconds);
    return { step, at: earliest };
  });
}

/** mulberry32: numbers from 0 to 1 that the same seed gives again. Node's own random numbers cannot be seeded. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}
