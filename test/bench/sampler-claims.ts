import type { Bench, Claim } from './claim.ts';
import { at, describe, type Measured, openSides, type SamplerSides } from './sampler-side.ts';

/** Long enough that a hundredth of a second, the kernel's unit of CPU, is no matter. */
const SECONDS: Record<number, number> = { 50: 35, 500: 20 };

const CPU = {
  says: (rate: number) => `the API sampler costs at most 1.3 of vegeta's CPU: the same list, ${rate} times a second`,
  unit: 'CPU ms/s',
  ratio: { atMost: 1.3 },
  of: ({ cpu }: Measured) => cpu * 1000,
};
const P50 = {
  says: (rate: number) => `its p50 is vegeta's within 10 % or 1 ms: the same list, ${rate} times a second`,
  unit: 'ms',
  ratio: { within: 0.1, orUnits: 1 },
  of: ({ waited }: Measured) => at(waited, 0.5) * 1000,
};

/**
 * The sampler beside vegeta, over one HTTP/2 session each. Each as it is used: the sampler runs ahead of ordinary threads
 * where the system allows it, vegeta does not.
 */
export function samplerClaim(what: 'cpu' | 'p50', perSecond: 50 | 500): Claim {
  const { says, of, ...how } = what === 'cpu' ? CPU : P50;
  return {
    name: `sampler-${what}-${perSecond}`,
    says: says(perSecond),
    ours: 'the API sampler alone in a process',
    theirs: 'vegeta attack',
    runs: 3,
    ...how,
    async open(say, signal): Promise<Bench> {
      const sides = await openSides(signal);
      const once = async (side: 'ours' | 'theirs') => {
        const measured = await (sides as SamplerSides)[side](perSecond, SECONDS[perSecond]!);
        say(describe(measured));
        return of(measured);
      };
      return { ours: () => once('ours'), theirs: () => once('theirs'), close: sides.close };
    },
  };
}
