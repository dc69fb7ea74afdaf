import { z } from 'zod';
import { contextOf, type ToolchainOptions } from '../toolchain/context.ts';
import type { Versions } from '../toolchain/pick.ts';
import { docker } from './command.ts';
import { planImages } from './plan.ts';

/** Label of every image that falldown makes; its value is what the image is for. */
export const IMAGE_LABEL = 'falldown.dev/image';

/** One line of `falldown images list`. */
export interface ImageLine {
  name: string;
  /** A node, or the Debian below it. */
  kind: 'node' | 'node-base';
  /** `old`: other pins, scripts or versions than now went into it. */
  state: 'current' | 'old' | 'not made';
  sizeBytes?: number;
  made?: string;
  ageSeconds?: number;
  /** Versions of what went in, by family of the toolchain. */
  madeOf: Record<string, string>;
}

const inspected = z.array(
  z.object({
    RepoTags: z.array(z.string()).nullable(),
    Created: z.string(),
    Size: z.number(),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  }),
);

/** The images that falldown has made or would make, by name. Makes nothing. */
export async function listImages(
  options: Pick<ToolchainOptions, 'signal' | 'env' | 'pins'> & { versions?: Versions },
): Promise<ImageLine[]> {
  const context = contextOf({ ...options, progress: { step: () => () => undefined, say: () => undefined } });
  const { base, node, pins } = planImages(context, options.versions ?? {});
  const ids = await docker(['images', '--quiet', '--no-trunc', '--filter', `label=${IMAGE_LABEL}`], {
    signal: options.signal,
    what: 'Docker does not say which images there are',
    next: 'falldown host check --on kind',
  });
  const unique = [...new Set(ids.split('\n').filter(Boolean))];
  const text =
    unique.length === 0
      ? '[]'
      : await docker(['image', 'inspect', ...unique], {
          signal: options.signal,
          what: 'Docker does not describe its images',
        });
  const lines = describeImages(text, [base.name, node.name], Date.now());
  for (const name of [base.name, node.name]) {
    if (lines.some((line) => line.name === name)) continue;
    const madeOf = name === node.name ? Object.fromEntries(pins.map((pin) => [pin.family, pin.version])) : {};
    lines.push({ name, kind: name === node.name ? 'node' : 'node-base', state: 'not made', madeOf });
  }
  return lines.sort((a, b) => a.name.localeCompare(b.name));
}

/** From the JSON of `docker image inspect`. @param current The names that images made now would get. */
export function describeImages(text: string, current: readonly string[], now: number): ImageLine[] {
  return inspected.parse(JSON.parse(text)).flatMap(({ RepoTags, Created, Size, Config }) =>
    (RepoTags ?? []).map(
      (name): ImageLine => ({
        name,
        kind: Config.Labels?.[IMAGE_LABEL] === 'node' ? 'node' : 'node-base',
        state: current.includes(name) ? 'current' : 'old',
        sizeBytes: Size,
        made: Created,
        ageSeconds: Math.round((now - Date.parse(Created)) / 1000),
        madeOf: Object.fromEntries(
          (Config.Labels?.['falldown.dev/made-of'] ?? '')
            .split(' ')
            .filter(Boolean)
            .map((pair) => pair.split('=') as [string, string]),
        ),
      }),
    ),
  );
}

/** Removes images by name. @throws FalldownError IMAGE_COMMAND_FAILED when a container still uses one. */
export async function removeImages(names: readonly string[], signal: AbortSignal): Promise<void> {
  if (names.length === 0) return;
  await docker(['rmi', ...names], {
    signal,
    what: 'images could not be removed',
    timeoutSeconds: 120,
    next: 'remove the clusters that use them first: falldown clusters',
  });
}
