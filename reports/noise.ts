/** One-sided 99 % quantiles of Student's t for 2 to 12 degrees of freedom, then for many (any table of statistics has them). */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: t for 11 degrees of freedom only looks like e.
const T99 = [6.965, 4.541, 3.747, 3.365, 3.143, 2.998, 2.896, 2.821, 2.764, 2.718, 2.681];
const MANY = 2.65;

/** A timing of fewer runs than this has no noise to speak of. */
export const LEAST_RUNS = 3;

export interface Noise {
  runs: number;
  mean: number;
  /** What the next run of the same kind exceeds by chance once in a hundred times. */
  limit: number;
}

/**
 * How high the next value may come by chance, by the prediction interval of Student's t; undefined of fewer than three.
 * @param least what a difference must be at least to matter, in the unit of the values: instruments have a resolution.
 */
export function noiseOf(values: readonly number[], least: number): Noise | undefined {
  const runs = values.length;
  if (runs < LEAST_RUNS) return undefined;
  const mean = values.reduce((sum, v) => sum + v, 0) / runs;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (runs - 1));
  const chance = (T99[runs - 3] ?? MANY) * deviation * Math.sqrt(1 + 1 / runs);
  return { runs, mean, limit: mean + Math.max(chance, least, Math.abs(mean) * 0.1) };
}
