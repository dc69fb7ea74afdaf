import { Option } from 'commander';
import type { ImageSource } from '../../clusters/providers/kind/images.ts';
import type { ClusterProvider } from '../../clusters/providers/provider.ts';
import { FalldownError } from '../errors.ts';
import type { Experiment } from '../run/script.ts';

/** Kinds of cluster that falldown makes. */
export const MADE = ['embedded', 'kind'] as const;
/** … and the one that it does not. */
export const PROVIDERS = [...MADE, 'current'] as const;

export interface ProviderFlags {
  /** With `current`: the name of the cluster that may be broken. */
  allowCluster?: string;
  /** With `kind`: where its images come from. */
  images?: ImageSource;
}

export function imagesOption(): Option {
  return new Option('--images <source>', 'with --on kind: where its images come from; auto: a registry, else made here')
    .choices(['auto', 'registry', 'offline'])
    .env('FALLDOWN_IMAGES');
}

/** Loads the provider of a kind of cluster. */
export async function findProvider(name: string, flags: ProviderFlags = {}): Promise<ClusterProvider> {
  if (name === 'embedded') return (await import('../../clusters/providers/embedded/index.ts')).embedded;
  if (name === 'kind') return (await import('../../clusters/providers/kind/index.ts')).kind(flags.images);
  if (name === 'current')
    return (await import('../../clusters/providers/current/index.ts')).current(flags.allowCluster);
  throw new FalldownError({
    code: 'PROVIDER_UNKNOWN',
    kind: 'usage',
    what: 'no such kind of cluster',
    on: name,
    expected: PROVIDERS.join(', '),
  });
}

/**
 * Throws EXPERIMENT_NEEDS when an experiment cannot run on this kind of cluster. A cluster of the user's own will do for
 * what even an embedded one can: its nodes are not ours to break.
 */
export function requireFit({ name, needs, cells }: Experiment, provider: ClusterProvider): void {
  const kind = provider.name === 'current' ? 'embedded' : provider.name;
  // A matrix breaks its cluster again and again, and does things to nodes that only a cluster of falldown's is there for.
  const spared = provider.name === 'current' && cells !== undefined;
  if (needs.includes(kind) && !spared) return;
  throw new FalldownError({
    code: 'EXPERIMENT_NEEDS',
    kind: 'usage',
    what: `the experiment cannot run on ${provider.name === 'current' ? 'a cluster of your own' : `${provider.name} clusters`}`,
    on: name,
    expected: `--on ${needs.join(' or --on ')}`,
    next: `falldown run ${name} --on ${needs[0]}`,
  });
}

export async function requireHost(provider: ClusterProvider): Promise<void> {
  const missing = await provider.missing();
  if (missing.length === 0) return;
  throw new FalldownError({
    code: 'HOST_UNFIT',
    kind: 'setup',
    what: `this host cannot run ${provider.name} clusters`,
    seen: missing.map((m) => `missing: ${m.what}\n  remedy: ${m.remedy}`).join('\n'),
    next: 'falldown host check',
  });
}
