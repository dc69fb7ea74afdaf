import { FalldownError } from '../../harness/errors.ts';
import type { ImageStore } from './image-store.ts';
import { type OfficialImages, officialImages, type RemoteImage, registryOf } from './official.ts';

/** Where images come from: `auto` takes what is here, then a registry that answers, then makes them. */
export type ImageSource = 'auto' | 'registry' | 'offline';
export const IMAGE_SOURCES: readonly ImageSource[] = ['auto', 'registry', 'offline'];

/** What a kind cluster is made of. */
export interface ClusterImages {
  source: 'registry' | 'offline';
  /** Why from there, as a sentence. */
  because: string;
  /** Node image, as Docker knows it. */
  node: string;
  /** Images that the nodes have to be given, as Docker knows them: an image made here has all in it. */
  load: string[];
}

export interface Wanted {
  source: ImageSource;
  kubernetes: string;
  kyverno: string;
  /** Registry to pull from instead of the official ones. */
  mirror?: string | undefined;
}

/**
 * Decides where the images come from, and gets them.
 * @throws FalldownError IMAGE_NOT_IN_REGISTRY, REGISTRY_SILENT (setup), and what making images throws.
 */
export async function chooseImages(
  wanted: Wanted,
  store: ImageStore,
  say: (line: string) => void,
): Promise<ClusterImages> {
  const official = officialImages(wanted.kubernetes, wanted.kyverno, wanted.mirror);
  if (wanted.source === 'offline') return made(store, '--images offline');
  const node = await firstHere(official.nodes, store);
  const absent = await absentOf(official.others, store);
  if (node !== undefined && absent.length === 0) return pulled(node, official, 'they are here already');
  // Who names a registry wants its images.
  if (wanted.source === 'auto' && wanted.mirror === undefined && (await store.madeIsHere()))
    return made(store, 'they are here already');
  try {
    return await pull(official, node, absent, store, say, wanted);
  } catch (error) {
    if (wanted.source === 'registry' || !(error instanceof FalldownError) || !RETREAT.has(error.code)) throw error;
    const because = error.failure.seen?.split('\n')[0] ?? error.failure.what;
    say(`no official images (${because}): making them here`);
    return made(store, because);
  }
}

/** Failures after which `auto` makes the images itself. */
const RETREAT = new Set(['IMAGE_NOT_IN_REGISTRY', 'REGISTRY_SILENT', 'IMAGE_PULL_FAILED']);

async function made(store: ImageStore, because: string): Promise<ClusterImages> {
  return { source: 'offline', because, node: await store.make(), load: [] };
}

function pulled(node: RemoteImage, { others }: OfficialImages, because: string): ClusterImages {
  return { source: 'registry', because, node: node.name, load: others.map(({ name }) => name) };
}

async function pull(
  official: OfficialImages,
  here: RemoteImage | undefined,
  absent: RemoteImage[],
  store: ImageStore,
  say: (line: string) => void,
  wanted: Wanted,
): Promise<ClusterImages> {
  const node = here ?? (await firstOffered(official.nodes, store));
  const asked = `v${wanted.kubernetes}`;
  if (!node.name.endsWith(asked))
    say(`no kindest/node ${asked} in the registry: taking ${node.name.split(':').at(-1)}`);
  // Asked before the first big pull, so that a registry which lacks one costs seconds.
  for (const image of absent) await mustOffer(image, store);
  for (const image of [...(here === undefined ? [node] : []), ...absent]) await store.pull(image);
  return pulled(node, official, `${registryOf(node.from)} answers`);
}

async function firstHere(images: readonly RemoteImage[], store: ImageStore): Promise<RemoteImage | undefined> {
  for (const image of images) if (await store.isHere(image.name)) return image;
  return undefined;
}

async function absentOf(images: readonly RemoteImage[], store: ImageStore): Promise<RemoteImage[]> {
  const here = await Promise.all(images.map(({ name }) => store.isHere(name)));
  return images.filter((_, i) => here[i] === false);
}

async function firstOffered(images: readonly RemoteImage[], store: ImageStore): Promise<RemoteImage> {
  for (const image of images) if ((await offers(image, store)) === true) return image;
  throw lacks(images.map(({ from }) => from));
}

async function mustOffer(image: RemoteImage, store: ImageStore): Promise<void> {
  if (!(await offers(image, store))) throw lacks([image.from]);
}

async function offers({ from }: RemoteImage, store: ImageStore): Promise<boolean> {
  const answer = await store.ask(from);
  if (answer.state !== 'silent') return answer.state === 'has';
  throw new FalldownError({
    code: 'REGISTRY_SILENT',
    kind: 'setup',
    what: 'a registry does not answer',
    on: from,
    seen: `${registryOf(from)}: ${answer.because}`,
    next: 'let this host reach it, name another (FALLDOWN_REGISTRY), or make the images here: --images offline',
  });
}

function lacks(names: readonly string[]): FalldownError {
  return new FalldownError({
    code: 'IMAGE_NOT_IN_REGISTRY',
    kind: 'setup',
    what: 'the registry lacks an image',
    on: names[0],
    seen: `no ${names.join(', no ')}`,
    next: 'take another version, name another registry (FALLDOWN_REGISTRY), or make the images here: --images offline',
  });
}
