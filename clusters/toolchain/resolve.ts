import path from 'node:path';
import { FalldownError, reasonOf } from '../../harness/errors.ts';
import { build } from './build.ts';
import { cachedPath, inScratch, lookUp, type Manifest, type Origin, store } from './cache.ts';
import { type Context, contextOf, type ToolchainOptions } from './context.ts';
import { download, findRelease } from './download.ts';
import { findGo, isExecutable } from './go.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { findPin } from './pick.ts';
import type { Pin } from './pins.ts';

/** A binary that can be run. */
export interface Resolved {
  component: string;
  version: string;
  path: string;
  /** `explicit`: a path that the user named; `cache`: it was there; `download`, `build`: made now. */
  how: 'explicit' | 'cache' | 'download' | 'build';
  /** How a binary in the cache came to be; absent for an explicit one. */
  manifest?: Manifest;
  /** Steps that did not give the binary, and why. */
  skipped: Skipped[];
}

/** One step on the way to a binary and why it was skipped. */
export interface Skipped {
  step: 'explicit path' | 'cache' | 'official download' | 'Go build';
  reason: string;
}

/**
 * The path of a component's binary: explicit path → cache → official download → Go build.
 * @param version Default: the family's default pin.
 * @throws FalldownError TOOLCHAIN_UNAVAILABLE naming every step and its reason; kind `usage` when no step could even
 *   start (nothing was created), else `setup`. COMPONENT_UNKNOWN, VERSION_NOT_PINNED, TOOLCHAIN_PATH_INVALID (usage).
 */
export async function resolve(
  component: string,
  version: string | undefined,
  options: ToolchainOptions,
): Promise<Resolved> {
  const context = contextOf(options);
  const pin = findPin(context.pins, component, version);
  const found = await find(context, pin);
  return isResolved(found) ? found : make(context, pin, found, '');
}

export const isResolved = (found: Resolved | Skipped[]): found is Resolved => !Array.isArray(found);

/** The binary if it needs no work: an explicit path or the cache; else why not. Creates nothing. */
export async function find(context: Context, pin: Pin): Promise<Resolved | Skipped[]> {
  const explicit = await explicitPath(context, pin);
  const { component, version } = pin;
  if (typeof explicit !== 'string') return { component, version, path: explicit.path, how: 'explicit', skipped: [] };
  const skipped: Skipped[] = [{ step: 'explicit path', reason: explicit }];
  const cached = await lookUp(context, pin);
  if (typeof cached === 'string') return [...skipped, { step: 'cache', reason: cached }];
  return { component, version, path: cached.path, how: 'cache', manifest: cached.manifest, skipped };
}

/** Makes the binary that `find` did not find. `where` is its position among several, for progress. */
export async function make(context: Context, pin: Pin, skipped: Skipped[], where: string): Promise<Resolved> {
  const ways = await findWays(context, pin, where);
  const ready = ways.filter((way) => typeof way.start !== 'string');
  // Before the first folder or lock is made: a host that lacks everything is left as it was.
  if (ready.length === 0) throw unavailable(pin, [...skipped, ...ways.map(asSkipped)], 'usage');
  const key = path.basename(cachedPath(context, pin));
  return oneAtATime(context, key, `building ${pin.component} ${pin.version}${where}`, async () => {
    const again = await find(context, pin);
    if (isResolved(again)) return again;
    const reasons = [...again];
    for (const way of ways) {
      const { start } = way;
      if (typeof start === 'string') {
        reasons.push({ step: way.step, reason: start });
        continue;
      }
      try {
        const { path: file, manifest } = await inScratch(context, key, async (folder) => {
          const out = path.join(folder, pin.component);
          return store(context, pin, out, await start(folder, out));
        });
        return { component: pin.component, version: pin.version, path: file, how: way.how, manifest, skipped: reasons };
      } catch (error) {
        context.signal.throwIfAborted();
        reasons.push({ step: way.step, reason: reasonOf(error) });
        context.progress.say(
          `${way.step} of ${pin.component} ${pin.version} failed: ${reasonOf(error).split('\n')[0]}`,
        );
      }
    }
    throw unavailable(pin, reasons, 'setup');
  });
}

interface Way {
  step: Skipped['step'];
  how: 'download' | 'build';
  /** The reason why it cannot even start, or what makes the binary at `out`. */
  start: string | ((folder: string, out: string) => Promise<Origin>);
}

async function findWays(context: Context, pin: Pin, where: string): Promise<Way[]> {
  const release = await findRelease(context, pin);
  const go = context.allowed.build
    ? await findGo(context, pin.moduleFolder)
    : `not allowed by ${context.allowed.because}`;
  return [
    {
      step: 'official download',
      how: 'download',
      start: typeof release === 'string' ? release : (f, out) => download(context, pin, release, f, out, where),
    },
    {
      step: 'Go build',
      how: 'build',
      start: typeof go === 'string' ? go : (f, out) => build(context, pin, go, f, out, where),
    },
  ];
}

const asSkipped = (way: Way): Skipped => ({ step: way.step, reason: String(way.start) });

/** The path that the user named, or why there is none. A path named for this component must be right. */
async function explicitPath(context: Context, pin: Pin): Promise<{ path: string } | string> {
  const variable = explicitVariable(pin.component);
  const named = context.env[variable];
  if (named) {
    if (await isExecutable(named)) return { path: path.resolve(named) };
    throw new FalldownError({
      code: 'TOOLCHAIN_PATH_INVALID',
      kind: 'usage',
      what: `${variable} does not name a file that can be run`,
      on: named,
      next: `correct it, or unset ${variable} to let falldown get ${pin.component} ${pin.version}`,
    });
  }
  const folder = context.env.FALLDOWN_BIN_DIR;
  if (!folder) return `neither ${variable} nor FALLDOWN_BIN_DIR is set`;
  for (const name of [`${pin.component}-${pin.version}`, pin.component]) {
    const file = path.resolve(folder, name);
    if (await isExecutable(file)) return { path: file };
  }
  return `FALLDOWN_BIN_DIR ${folder} has no ${pin.component}`;
}

/** `kube-apiserver` → `FALLDOWN_BIN_KUBE_APISERVER`. */
export const explicitVariable = (component: string): string =>
  `FALLDOWN_BIN_${component.toUpperCase().replaceAll('-', '_')}`;

function unavailable(pin: Pin, skipped: Skipped[], kind: 'usage' | 'setup'): FalldownError {
  return new FalldownError({
    code: 'TOOLCHAIN_UNAVAILABLE',
    kind,
    what: 'a binary could not be had',
    on: `${pin.component} ${pin.version}`,
    seen: skipped.map(({ step, reason }) => `${step}: ${reason.replaceAll('\n', '\n  ')}`).join('\n'),
    next: [
      'one of these is enough:',
      `- install Go and try again (falldown toolchain build ${pin.component})`,
      ...(pin.download === undefined ? [] : [`- let this host reach ${new URL(pin.download.url).host}`]),
      `- set ${explicitVariable(pin.component)}=/path/to/${pin.component}, or FALLDOWN_BIN_DIR to a folder that has it`,
    ].join('\n'),
  });
}
