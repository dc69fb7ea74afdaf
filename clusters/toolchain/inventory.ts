import { type Cached, lookUp } from './cache.ts';
import { type Context, contextOf, type ToolchainOptions } from './context.ts';
import type { Pin } from './pins.ts';
import { explicitVariable } from './resolve.ts';

/** One line of `falldown toolchain list`. */
export interface InventoryLine {
  component: string;
  version: string;
  default: boolean;
  /** Part of what an embedded run needs. */
  embedded: boolean;
  state: 'cached' | 'explicit' | 'not built' | 'damaged';
  /** Where it came from, or would come from. */
  source: string;
  path?: string;
  sizeBytes?: number;
  how?: 'built' | 'downloaded';
  sha256?: string;
}

/** Every pinned component and its state. Looks at the cache only; makes nothing. */
export async function inventory(options: Pick<ToolchainOptions, 'signal' | 'env' | 'pins'>): Promise<InventoryLine[]> {
  const context = contextOf({ ...options, progress: { step: () => () => undefined, say: () => undefined } });
  return Promise.all(context.pins.pins.map((pin) => describe(context, pin)));
}

async function describe(context: Context, pin: Pin): Promise<InventoryLine> {
  const line = {
    component: pin.component,
    version: pin.version,
    default: pin.default,
    embedded: context.pins.embedded.includes(pin.component),
  };
  const named = context.env[explicitVariable(pin.component)];
  if (named) return { ...line, state: 'explicit', source: explicitVariable(pin.component), path: named };
  const cached = await lookUp(context, pin);
  if (typeof cached !== 'string') {
    const { sizeBytes, how, sha256 } = cached.manifest;
    return { ...line, state: 'cached', source: origin(cached), path: cached.path, sizeBytes, how, sha256 };
  }
  return { ...line, state: cached.includes('damaged') ? 'damaged' : 'not built', source: plan(pin) };
}

function origin({ manifest }: Cached): string {
  return manifest.how === 'downloaded' ? (manifest.url ?? '') : `${manifest.module} with go ${manifest.goVersion}`;
}

function plan(pin: Pin): string {
  const built = `Go build of ${pin.goModule}@v${pin.version}`;
  return pin.download === undefined ? built : `release at ${new URL(pin.download.url).host}, else ${built}`;
}
