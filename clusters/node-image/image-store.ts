import { FalldownError } from '../../harness/errors.ts';
import { contextOf } from '../toolchain/context.ts';
import { type BuildOptions, buildNodeImage, imageExists } from './build.ts';
import { docker } from './command.ts';
import type { RemoteImage } from './official.ts';
import { planImages } from './plan.ts';

/** What a registry says of an image: asked for its manifest, nothing is pulled. */
export type Answer = { state: 'has' } | { state: 'lacks' } | { state: 'silent'; because: string };

/** Docker's images, the registries behind them, and the images that falldown makes. */
export interface ImageStore {
  isHere(name: string): Promise<boolean>;
  ask(name: string): Promise<Answer>;
  pull(image: RemoteImage): Promise<void>;
  /** Has the node image been made? */
  madeIsHere(): Promise<boolean>;
  /** Makes it if need be, and says its name. */
  make(): Promise<string>;
}

/** A registry that takes longer is as good as none for somebody who waits. */
const ANSWER_SECONDS = 5;
const PULL_SECONDS = 900;

export function dockerStore(options: BuildOptions): ImageStore {
  const { signal, progress } = options;
  const context = contextOf(options);
  return {
    isHere: (name) => imageExists({ signal }, name),
    ask: (name) => ask(name, signal),
    async pull({ name, from }) {
      const done = progress.step(`pulling ${from}`);
      const next = 'try again, or make the images here: --images offline';
      try {
        await docker(['pull', '--quiet', from], {
          signal,
          what: 'an image could not be pulled',
          timeoutSeconds: PULL_SECONDS,
          next,
        });
        if (from !== name) await docker(['tag', from, name], { signal, what: 'a pulled image could not be named' });
        done();
      } catch (error) {
        done('failed');
        if (!(error instanceof FalldownError)) throw error;
        throw new FalldownError({
          ...error.failure,
          code: 'IMAGE_PULL_FAILED',
          cause: error,
        });
      }
    },
    madeIsHere: () => imageExists({ signal }, planImages(context, options.versions ?? {}).node.name),
    make: async () => (await buildNodeImage(options)).name,
  };
}

async function ask(name: string, signal: AbortSignal): Promise<Answer> {
  // Docker itself takes a registry of this machine without TLS; its `manifest` command has to be told.
  const local = /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?\//.test(name) ? ['--insecure'] : [];
  try {
    await docker(['manifest', 'inspect', ...local, name], { signal, what: name, timeoutSeconds: ANSWER_SECONDS });
    return { state: 'has' };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FalldownError)) throw error;
    if (error.failure.limitSeconds !== undefined)
      return { state: 'silent', because: `no answer within ${ANSWER_SECONDS} s` };
    return answerIn(error.failure.seen ?? '');
  }
}

/** Reads what `docker manifest inspect` says when it fails. */
export function answerIn(text: string): Answer {
  // A public registry says "denied" of what it does not have.
  if (/no such manifest|(manifest|name)[ _]unknown|not found|denied|unauthorized/i.test(text))
    return { state: 'lacks' };
  return { state: 'silent', because: text.trim().split('\n').at(-1) ?? 'no answer' };
}
