import { FalldownError } from '../../harness/errors.ts';
import { type Context, contextOf, type ToolchainOptions } from '../toolchain/context.ts';
import { ensure } from '../toolchain/ensure.ts';
import { oneAtATime } from '../toolchain/one-at-a-time.ts';
import type { Versions } from '../toolchain/pick.ts';
import { assembleNode } from './assemble.ts';
import { docker } from './command.ts';
import { makeBase } from './debian.ts';
import { requireFit } from './fitness.ts';
import { planImages } from './plan.ts';

export interface BuildOptions extends ToolchainOptions {
  /** Versions by family; see `pickPins`. */
  versions?: Versions;
}

export interface BuiltImage {
  /** What `kind create cluster --image` takes; every container image is in it. */
  name: string;
  kubernetes: string;
  /** Nothing was made: it was there. */
  cached: boolean;
  seconds: number;
}

/**
 * The node image for a choice of versions, made when it is not there: without a registry, from the toolchain's binaries
 * and Debian's packages. Two that start at once make it once.
 * @throws FalldownError IMAGE_COMMAND_FAILED, BASE_IMAGE_FAILED, IMAGES_UNFIT (setup), MIRROR_UNKNOWN (usage), and what
 *   the toolchain throws.
 */
export async function buildNodeImage(options: BuildOptions): Promise<BuiltImage> {
  const started = performance.now();
  const context = contextOf(options);
  const plan = planImages(context, options.versions ?? {});
  const built = (cached: boolean): BuiltImage => ({
    name: plan.node.name,
    kubernetes: plan.kubernetes,
    cached,
    seconds: (performance.now() - started) / 1000,
  });
  if (await imageExists(context, plan.node.name)) return built(true);
  await requireFit(context, { base: !(await imageExists(context, plan.base.name)) });
  const components = [...context.pins.images, 'kind'];
  const { paths } = await ensure(components, { ...options, pins: context.pins, versions: options.versions ?? {} });
  await oneAtATime(context, plan.base.key, `making ${plan.base.name}`, async () => {
    if (!(await imageExists(context, plan.base.name))) await makeBase(context, plan);
  });
  return oneAtATime(context, plan.node.key, `assembling ${plan.node.name}`, async () => {
    if (await imageExists(context, plan.node.name)) return built(true);
    await assembleNode(context, plan, paths);
    return built(false);
  });
}

/** Does Docker have an image of this name? @throws FalldownError IMAGE_COMMAND_FAILED when Docker does not answer. */
export async function imageExists({ signal }: Pick<Context, 'signal'>, name: string): Promise<boolean> {
  try {
    await docker(['image', 'inspect', '--format', '{{.Id}}', name], {
      signal,
      what: 'Docker does not say which images there are',
      next: 'falldown host check --on kind',
    });
    return true;
  } catch (error) {
    if (error instanceof FalldownError && /no such (image|object)/i.test(error.failure.seen ?? '')) return false;
    throw error;
  }
}
