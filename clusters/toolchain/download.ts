import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { reasonOf } from '../../harness/errors.ts';
import { type Origin, platformOf } from './cache.ts';
import type { Context } from './context.ts';
import { fill, type Pin } from './pins.ts';
import { runInGroup } from './process-group.ts';

/** A release whose hash is known, so that it can be downloaded and checked. */
export interface Release {
  url: string;
  sha256: string;
  member?: string | undefined;
}

const CONNECT_MS = 3_000;
const HASH_MS = 10_000;
const IDLE_MS = 30_000;

/** Hosts that did not answer, for the rest of this process: on a machine without network each costs one try. */
const unreachable = new Map<string, string>();

/** What can be downloaded for a pin, or the reason why nothing can. Asks the host for the published hash. */
export async function findRelease(context: Context, pin: Pin): Promise<Release | string> {
  if (!context.allowed.download) return `not allowed by ${context.allowed.because}`;
  if (pin.download === undefined) return `no release of ${pin.component} is published with a hash`;
  const { os, arch } = context.platform;
  const [url, sha256Url, member] = [pin.download.url, pin.download.sha256Url, pin.download.member].map(
    (text) => text && fill(text, { os, arch }),
  );
  if (url === undefined) return 'no address';
  if (sha256Url === undefined) {
    const sha256 = pin.download.sha256?.[platformOf(context)];
    return sha256 === undefined ? `no hash is pinned for ${platformOf(context)}` : { url, sha256, member };
  }
  try {
    const answer = await get(context, sha256Url, AbortSignal.timeout(HASH_MS));
    const sha256 = publishedHash(await answer.text(), path.posix.basename(url));
    return sha256 === undefined ? `${sha256Url} has no hash of ${path.posix.basename(url)}` : { url, sha256, member };
  } catch (error) {
    context.signal.throwIfAborted();
    return reasonOf(error);
  }
}

/**
 * Downloads a release into `folder`, checks its hash, and puts the binary at `out`.
 * @throws Error when the host fails or the hash is another than the published one; nothing of it is kept.
 */
export async function download(
  context: Context,
  pin: Pin,
  release: Release,
  folder: string,
  out: string,
  where: string,
): Promise<Origin> {
  const started = performance.now();
  const file = release.member === undefined ? out : path.join(folder, 'archive');
  let bytes = 0;
  const ended = context.progress.step(
    `downloading ${pin.component} ${pin.version}${where}`,
    () => `${(bytes / 1e6).toFixed(1)} MB`,
  );
  try {
    const answer = await get(context, release.url);
    if (answer.body === null) throw new Error(`${release.url} is empty`);
    const hash = createHash('sha256');
    await pipeline(
      Readable.fromWeb(answer.body),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file),
      { signal: context.signal },
    );
    const seen = hash.digest('hex');
    if (seen !== release.sha256) {
      throw new Error(`refused ${release.url}: its sha256 is ${seen}, published is ${release.sha256}`);
    }
    if (release.member !== undefined) await extract(context, file, release.member, folder, out);
    ended(`${(bytes / 1e6).toFixed(1)} MB, hash as published`);
  } catch (error) {
    await rm(out, { force: true });
    ended('failed');
    throw error;
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return { how: 'downloaded', url: release.url, publishedSha256: release.sha256, seconds };
}

async function get(context: Context, url: string, limit?: AbortSignal): Promise<Response> {
  const { origin } = new URL(url);
  const known = unreachable.get(origin);
  if (known !== undefined) throw new Error(known);
  const { env } = context;
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: IDLE_MS,
    bodyTimeout: IDLE_MS,
    httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? '',
    httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? '',
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  });
  const signal = limit === undefined ? context.signal : AbortSignal.any([context.signal, limit]);
  let answer: Response;
  try {
    answer = await fetch(url, { dispatcher, signal });
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = `${origin} cannot be reached: ${networkReason(error)}`;
    unreachable.set(origin, reason);
    throw new Error(reason, { cause: error });
  } finally {
    // Graceful: an answer that is still being read is finished first.
    void dispatcher.close();
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`${url} answered HTTP ${answer.status}`);
  }
  return answer;
}

/** fetch says only "fetch failed"; the reason is in its cause, and for several addresses in a code without a text. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return reasonOf(cause) || (cause as NodeJS.ErrnoException).code || 'connection failed';
}

/** The hash of one file in a bare hash, a `hash  name` line, or a list of such lines. */
export function publishedHash(text: string, name: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const own = lines.find(([, file]) => file !== undefined && path.posix.basename(file.replace(/^\*/, '')) === name);
  const bare = lines.length <= 2 && lines[0]?.length === 1 ? lines[0] : undefined;
  const hash = (own ?? bare)?.[0]?.toLowerCase();
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

async function extract(context: Context, archive: string, member: string, cwd: string, out: string): Promise<void> {
  const run = { cwd, env: context.env, signal: context.signal };
  const done = await runInGroup('tar', ['-xzf', archive, member], run);
  if (done.code !== 0) throw new Error(`${member} cannot be taken from the archive: ${done.tail.join(' ')}`);
  await rename(path.join(cwd, member), out);
}
