const SUFFIX: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A Kubernetes quantity in whole `unit`s of it, rounded up as the scheduler does: `quantity('1.95', 1e-3)` is 1950
 * millicores. The typed client's own reader takes no fractions of Gi and no exponents.
 */
export function quantity(text: string | number | undefined, unit = 1): number {
  const written = String(text ?? 0);
  const [, digits = '', suffix = ''] = /^([-+]?[0-9.]+(?:[eE][-+]?\d+)?)([a-zA-Z]*)$/.exec(written) ?? [];
  const factor = SUFFIX[suffix];
  const value = Number(digits);
  if (factor === undefined || digits === '' || Number.isNaN(value)) throw new Error(`"${written}" is no quantity`);
  // To nine digits first: 1.95 / 0.001 is 1950.0000000000002, and would be rounded up to 1951.
  return Math.ceil(Number(((value * factor) / unit).toPrecision(12)));
}
