import { FalldownError } from '../../harness/errors.ts';
import type { Pin, PinnedChart, Pins } from './pins.ts';

/** Versions by family, e.g. `{ kyverno: '1.18.2' }`. */
export type Versions = Record<string, string>;

/**
 * The pin of a component; the default version when none is asked for. A leading `v` is accepted.
 * @throws FalldownError COMPONENT_UNKNOWN or VERSION_NOT_PINNED (usage).
 */
export function findPin(pins: Pins, component: string, version?: string): Pin {
  const known = pins.pins.filter((p) => p.component === component);
  if (known.length === 0) {
    const names = [...new Set(pins.pins.map((p) => p.component))];
    throw unknown('COMPONENT_UNKNOWN', 'no such component', component, names);
  }
  const pin = known.find((p) => (version === undefined ? p.default : p.version === bare(version)));
  if (pin === undefined) throw notPinned(pins, component, version ?? 'default', known);
  return pin;
}

/** The chart of a family. @throws FalldownError VERSION_NOT_PINNED (usage). */
export function findChart(pins: Pins, family: string, version: string): PinnedChart {
  const known = pins.charts.filter((c) => c.family === family);
  const chart = known.find((c) => c.version === bare(version));
  if (chart === undefined) throw notPinned(pins, `the chart of ${family}`, version, known);
  return chart;
}

/**
 * Pins of several components at once. A family that was not named takes the version that a chosen one says it goes
 * with (Kubernetes names its etcd), else its default.
 */
export function pickPins(pins: Pins, components: readonly string[], versions: Versions = {}): Pin[] {
  const families = [...new Set(pins.pins.map((p) => p.family))];
  const chosen: Versions = {};
  for (const [family, version] of Object.entries(versions)) {
    if (!families.includes(family)) throw unknown('FAMILY_UNKNOWN', 'no such family', family, families);
    const known = pins.pins.filter((p) => p.family === family);
    if (!known.some((p) => p.version === bare(version))) throw notPinned(pins, family, version, known);
    chosen[family] = bare(version);
  }
  for (const pin of pins.pins) {
    if (pin.version !== (chosen[pin.family] ?? (pin.default ? pin.version : undefined))) continue;
    const together = pins.with.get(`${pin.family}@${pin.version}`) ?? {};
    for (const [family, version] of Object.entries(together)) chosen[family] ??= version;
  }
  return components.map((component) => {
    const family = pins.pins.find((p) => p.component === component)?.family;
    return findPin(pins, component, family && chosen[family]);
  });
}

const bare = (version: string): string => version.replace(/^v/, '');

function notPinned(pins: Pins, what: string, version: string, known: { version: string }[]): FalldownError {
  return new FalldownError({
    code: 'VERSION_NOT_PINNED',
    kind: 'usage',
    what: 'this version is not pinned',
    on: `${what} ${version}`,
    expected: [...new Set(known.map((p) => p.version))].join(', ') || 'none is pinned',
    next: `take one of these, or add a pin and its module folder to ${pins.file}`,
  });
}

function unknown(code: string, what: string, name: string, known: string[]): FalldownError {
  const close = known.map((k) => [distance(name, k), k] as const).sort((a, b) => a[0] - b[0])[0];
  return new FalldownError({
    code,
    kind: 'usage',
    what,
    on: name,
    expected: known.join(', '),
    next: close !== undefined && close[0] <= 3 ? `did you mean ${close[1]}?` : 'falldown toolchain list shows them all',
  });
}

/** Levenshtein distance: how many letters to change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
