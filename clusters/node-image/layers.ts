import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { hashFile } from '../toolchain/cache.ts';
import type { Context } from '../toolchain/context.ts';
import { docker, run } from './command.ts';
import type { ContainerImage, Layer } from './container-images.ts';
import type { LayeredImage } from './oci-layout.ts';

/** Where the parts of layers are. */
export interface LayerSources {
  /** A running container of the base, for what comes from Debian. */
  container: string;
  /** component → path of its binary. */
  binaries: ReadonlyMap<string, string>;
  /** Folder with our own scripts. */
  files: string;
}

/** Writes the layers of images as tars into a folder, each once, and says which image has which. */
export async function makeLayers(
  context: Context,
  images: readonly ContainerImage[],
  sources: LayerSources,
  folder: string,
): Promise<LayeredImage[]> {
  await mkdir(folder, { recursive: true });
  const made = new Map<string, LayeredImage['layers'][number]>();
  const layered: LayeredImage[] = [];
  for (const { names, layers, entrypoint, user } of images) {
    const tars: LayeredImage['layers'] = [];
    for (const layer of layers) {
      const id = JSON.stringify(layer);
      const known = made.get(id) ?? (await makeLayer(context, layer, sources, path.join(folder, `${made.size}.tar`)));
      made.set(id, known);
      tars.push(known);
    }
    layered.push({ names, layers: tars, entrypoint, user });
  }
  return layered;
}

async function makeLayer(context: Context, layer: Layer, sources: LayerSources, tar: string) {
  const { signal } = context;
  if ('script' in layer) {
    const input = await readFile(path.join(sources.files, `${layer.script}-layer.sh`), 'utf8');
    const what = `the ${layer.script} layer could not be made`;
    await docker(['exec', '-i', sources.container, 'sh', '-s'], {
      signal,
      what,
      input,
      output: tar,
      timeoutSeconds: 60,
    });
  } else {
    const source = 'file' in layer ? path.join(sources.files, layer.file) : sources.binaries.get(layer.component)!;
    await run('tar', singleFileTar(source, layer.path, tar), {
      signal,
      what: `${source} could not be packed`,
      timeoutSeconds: 60,
    });
  }
  return { tar, sha256: await hashFile(tar, signal) };
}

/** Arguments for a tar of one file under another name, the same bytes whoever makes it and whenever. */
export function singleFileTar(file: string, name: string, tar: string): string[] {
  const inside = name.replace(/^\//, '');
  return [
    ...['--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=0755', '--dereference'],
    ...[`--transform=s|.*|${inside}|`, '-C', path.dirname(file), '-cf', tar, path.basename(file)],
  ];
}

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
