import { contextOf, type ToolchainOptions } from './context.ts';
import { pickPins, type Versions } from './pick.ts';
import { find, isResolved, make, type Resolved } from './resolve.ts';

export interface EnsureOptions extends ToolchainOptions {
  /** Versions by family; what is not named takes its default, or what a named one goes with. */
  versions?: Versions;
}

export interface Ensured {
  /** component → path of its binary, in the order asked for. */
  paths: Map<string, string>;
  resolved: Resolved[];
  /** Time spent, in seconds. */
  seconds: number;
}

/**
 * Resolves many components. Those in the cache are looked up at once; the others are made one after the other,
 * because one Go build already uses every core.
 * @throws as `resolve` does, at the first component that cannot be had.
 */
export async function ensure(components: string[], options: EnsureOptions): Promise<Ensured> {
  const started = performance.now();
  const context = contextOf(options);
  const pins = pickPins(context.pins, [...new Set(components)], options.versions);
  const found = await Promise.all(pins.map((pin) => find(context, pin)));
  const missing = found.filter((f) => !isResolved(f)).length;
  const resolved: Resolved[] = [];
  let position = 0;
  for (const [i, pin] of pins.entries()) {
    const one = found[i]!;
    const where = isResolved(one) ? '' : ` (${++position} of ${missing})`;
    resolved.push(isResolved(one) ? one : await make(context, pin, one, where));
  }
  return {
    paths: new Map(resolved.map((r) => [r.component, r.path])),
    resolved,
    seconds: (performance.now() - started) / 1000,
  };
}
