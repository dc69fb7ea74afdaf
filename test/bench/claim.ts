/** Of the values of one side, the one that stands for them. */
const TYPICAL = {
  median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  },
  /** Of rates at which the same work was done each time: all of the work by all of the time, so that no measurement is lost. */
  overall: (rates: readonly number[]): number => rates.length / rates.reduce((time, rate) => time + 1 / rate, 0),
};

/**
 * What one side came to. A rate may come with a yardstick: CPU seconds that work took which is the same on both sides.
 * Where others share a machine its speed changes by more than what is compared (the same fan-out: 49 to 75 s of CPU within
 * ten minutes), and from the yardsticks the rates follow that one speed would have given.
 */
export type Measurement = number | { rate: number; yardstick: number };

/** Something that falldown claims of its own speed: two things measured side by side on one machine. */
export interface Claim {
  /** kebab-case; what `npm run bench NAME` takes. */
  name: string;
  /** What is claimed, as a sentence. */
  says: string;
  /** What the two are, and the unit of both. */
  ours: string;
  theirs: string;
  unit: string;
  /**
   * The ratio ours ÷ theirs must be on this side of this number; or the two may differ by such a share of theirs, or by so
   * many units if that is more.
   */
  ratio: { atMost: number } | { atLeast: number } | { within: number; orUnits: number };
  /** What of a side's values is compared; default: `median`. */
  typical?: keyof typeof TYPICAL;
  /** How often each is measured, in turns. */
  runs: number;
  /** Why it cannot be measured here; undefined when it can. */
  missing?(): Promise<string | undefined>;
  /** Gets ready, not measured; what it returns is undone by `close`. Once the signal is aborted it gives up and undoes it itself. */
  open(say: (line: string) => void, signal: AbortSignal): Promise<Bench>;
}

/**
 * One side is measured after the other, again and again, and the other one first each time, so that a machine that gets slower
 * is slow for both.
 */
export interface Bench {
  /** Does it once; returns the number in the claim's unit. */
  ours(): Promise<Measurement>;
  theirs(): Promise<Measurement>;
  close(): Promise<void>;
}

interface Side {
  what: string;
  /** As measured. */
  values: number[];
  /** Beside each value, where they came with yardsticks; CPU seconds. */
  yardsticks?: number[];
  /** What stands for the values; where there are yardsticks, for those that one speed of the machine would have given. */
  typical: number;
}

export interface Outcome {
  name: string;
  says: string;
  unit: string;
  ours: Side;
  theirs: Side;
  /** Ours ÷ theirs, of what is typical. */
  ratio: number;
  /** Standard error of the ratio, where every measurement counts (`overall`). */
  error?: number;
  /** The ratio of the rates as they were measured, where they came with yardsticks. */
  ratioAsMeasured?: number;
  limit: Claim['ratio'];
  holds: boolean;
}

/** Whatever happens, what was opened is closed again; an abort ends the measuring at once. */
export async function measure(
  claim: Claim,
  say: (line: string) => void,
  runs = claim.runs,
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  const bench = await claim.open(say, signal);
  const values = { ours: [] as Measurement[], theirs: [] as Measurement[] };
  try {
    for (let run = 1; run <= runs; run++) {
      const sides = run % 2 === 1 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
      for (const side of sides) {
        signal.throwIfAborted();
        const measured = bench[side]();
        measured.catch(() => undefined);
        const value = await Promise.race([measured, aborted]);
        values[side].push(value);
        say(`${claim.name} ${run} of ${runs}: ${claim[side]} ${asMeasured(value).toFixed(2)} ${claim.unit}`);
      }
    }
  } finally {
    await bench.close();
  }
  return judge(claim, values);
}

export function judge(claim: Claim, measured: { ours: Measurement[]; theirs: Measurement[] }): Outcome {
  const typical = TYPICAL[claim.typical ?? 'median'];
  const yardstick = mean([...measured.ours, ...measured.theirs].map(yardstickOf));
  const atOneSpeed = (m: Measurement) => (asMeasured(m) * yardstickOf(m)) / yardstick;
  const withYardsticks = measured.ours.some((m) => typeof m !== 'number');
  const side = (name: 'ours' | 'theirs') => ({
    what: claim[name],
    values: measured[name].map(asMeasured),
    ...(withYardsticks ? { yardsticks: measured[name].map(yardstickOf) } : {}),
    typical: typical(measured[name].map(atOneSpeed)),
  });
  const [ours, theirs] = [side('ours'), side('theirs')];
  const { name, says, unit, ratio: limit } = claim;
  const ratio = ours.typical / theirs.typical;
  const errors = [measured.ours, measured.theirs].map((values) => relativeError(values.map(atOneSpeed)));
  return {
    name,
    says,
    unit,
    ours,
    theirs,
    ratio,
    ...(claim.typical === 'overall' && runsOf(measured) > 1 ? { error: ratio * Math.hypot(...errors) } : {}),
    ...(withYardsticks ? { ratioAsMeasured: typical(ours.values) / typical(theirs.values) } : {}),
    limit,
    holds: isMet(limit, ours.typical, theirs.typical),
  };
}

const runsOf = (measured: { ours: Measurement[]; theirs: Measurement[] }) =>
  Math.min(measured.ours.length, measured.theirs.length);
const asMeasured = (measured: Measurement) => (typeof measured === 'number' ? measured : measured.rate);
const yardstickOf = (measured: Measurement) => (typeof measured === 'number' ? 1 : measured.yardstick);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard error of the mean, as a share of it. */
function relativeError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length) / middle;
}

function isMet(limit: Claim['ratio'], ours: number, theirs: number): boolean {
  if ('atMost' in limit) return ours / theirs <= limit.atMost;
  if ('atLeast' in limit) return ours / theirs >= limit.atLeast;
  return Math.abs(ours - theirs) <= Math.max(limit.within * theirs, limit.orUnits);
}
