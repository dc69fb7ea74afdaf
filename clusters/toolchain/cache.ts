import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, readdirSync, readFileSync } from 'node:fs';
import { access, chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { FalldownError, reasonOf } from '../../harness/errors.ts';
import type { Context } from './context.ts';
import type { Pin } from './pins.ts';

const manifestSchema = z.object({
  component: z.string(),
  version: z.string(),
  platform: z.string(),
  how: z.enum(['built', 'downloaded']),
  /** Where it was downloaded from, and the hash that was published for that file. */
  url: z.string().optional(),
  publishedSha256: z.string().optional(),
  /** Module it was built from, its hash in go.sum, and the compiler. */
  module: z.string().optional(),
  moduleSum: z.string().optional(),
  goVersion: z.string().optional(),
  sha256: z.string(),
  sizeBytes: z.number(),
  mtimeMs: z.number(),
  /** Time the build or download took. */
  seconds: z.number(),
  date: z.string(),
});

/** How a cached binary came to be; kept beside it as `<binary>.json`. */
export type Manifest = z.infer<typeof manifestSchema>;
export type Origin = Pick<
  Manifest,
  'how' | 'url' | 'publishedSha256' | 'module' | 'moduleSum' | 'goVersion' | 'seconds'
>;

export interface Cached {
  path: string;
  manifest: Manifest;
}

/** Flags of a component's Go build; part of the cache key. */
export function buildFlags(pin: Pin): string[] {
  const tags = pin.tags === '' ? [] : ['-tags', pin.tags];
  return ['-trimpath', '-buildvcs=false', '-mod=readonly', ...tags];
}

export const platformOf = (context: Context): string => `${context.platform.os}-${context.platform.arch}`;

/** Where a binary lives in the cache. The hash covers what decides its content, so an edited pin is another file. */
export function cachedPath(context: Context, pin: Pin): string {
  const inputs = createHash('sha256');
  const own = readdirSync(pin.moduleFolder).filter((name) => name.endsWith('.go') && name !== 'tools.go');
  for (const name of ['go.mod', 'go.sum', ...own.sort()])
    inputs.update(readFileSync(path.join(pin.moduleFolder, name)));
  inputs.update(JSON.stringify([pin.package, pin.ldflags, buildFlags(pin)]));
  const key = `${pin.component}-${pin.version}-${inputs.digest('hex').slice(0, 12)}`;
  return path.join(context.cache, 'bin', platformOf(context), key);
}

/**
 * The cached binary, or why there is none. Size and time of change are compared with the manifest; only when they
 * differ is the content hashed, so that a warm look-up costs a stat.
 */
export async function lookUp(context: Context, pin: Pin): Promise<Cached | string> {
  const file = cachedPath(context, pin);
  const [text, found] = await Promise.all([
    readFile(`${file}.json`, 'utf8').catch(() => undefined),
    stat(file).catch(() => undefined),
  ]);
  if (found === undefined || text === undefined) return `not in ${path.dirname(file)}`;
  const manifest = parseManifest(text);
  if (manifest === undefined) return `${file}.json is damaged`;
  if (found.size === manifest.sizeBytes && found.mtimeMs === manifest.mtimeMs) return { path: file, manifest };
  if (found.size !== manifest.sizeBytes)
    return `${file} is damaged: ${found.size} bytes, expected ${manifest.sizeBytes}`;
  const sha256 = await hashFile(file, context.signal);
  if (sha256 !== manifest.sha256) return `${file} is damaged: sha256 ${sha256}, expected ${manifest.sha256}`;
  // Same bytes, other time (a copied cache): note the time, so that the next look-up is quick again.
  await writeManifest(file, { ...manifest, mtimeMs: found.mtimeMs }).catch(() => undefined);
  return { path: file, manifest };
}

/** Moves a finished binary into the cache. The manifest comes last: a binary without one does not count. */
export async function store(context: Context, pin: Pin, made: string, origin: Origin): Promise<Cached> {
  const file = cachedPath(context, pin);
  await mkdir(path.dirname(file), { recursive: true });
  await chmod(made, 0o755);
  const { size, mtimeMs } = await stat(made);
  const manifest: Manifest = {
    component: pin.component,
    version: pin.version,
    platform: platformOf(context),
    ...origin,
    sha256: await hashFile(made, context.signal),
    sizeBytes: size,
    mtimeMs,
    date: new Date().toISOString(),
  };
  await rm(`${file}.json`, { force: true });
  await rename(made, file);
  await writeManifest(file, manifest);
  return { path: file, manifest };
}

async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  const fresh = `${file}.json.${randomUUID()}`;
  await writeFile(fresh, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(fresh, `${file}.json`);
}

/**
 * Makes falldown's cache folder, before anything is written into it.
 * @throws FalldownError TOOLCHAIN_CACHE_UNUSABLE (usage) when it cannot be written, or is another user's folder in the
 *   shared temp folder: what lies there is run.
 */
export async function prepareCache(context: Context): Promise<void> {
  const fail = (seen: string): FalldownError =>
    new FalldownError({
      code: 'TOOLCHAIN_CACHE_UNUSABLE',
      kind: 'usage',
      what: 'the cache for binaries cannot be used',
      on: context.cache,
      seen,
      next: 'set XDG_CACHE_HOME to a folder of yours that can be written',
    });
  const inTemp = path.dirname(context.cache) === os.tmpdir();
  try {
    await mkdir(context.cache, { recursive: true, ...(inTemp ? { mode: 0o700 } : {}) });
    await access(context.cache, constants.W_OK);
  } catch (error) {
    throw fail(reasonOf(error));
  }
  if (inTemp && (await stat(context.cache)).uid !== os.userInfo().uid) throw fail('it belongs to another user');
}

/**
 * A scratch folder for one piece of work, removed when the work ends in any way. What a killed process left for the
 * same work is removed first, so the caller must hold the lock of `key`.
 */
export async function inScratch<T>(context: Context, key: string, work: (folder: string) => Promise<T>): Promise<T> {
  const parent = path.join(context.cache, 'tmp');
  await mkdir(parent, { recursive: true });
  for (const old of await readdir(parent))
    if (old.startsWith(`${key}.`)) await rm(path.join(parent, old), { recursive: true, force: true });
  const folder = path.join(parent, `${key}.${randomUUID()}`);
  await mkdir(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** sha256 of a file in hex. */
export async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
