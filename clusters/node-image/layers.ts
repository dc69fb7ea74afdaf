import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { hashFile } from '../toolchain/cache.ts';
import type { Context } from '../toolchain/context.ts';
import { run } from './command.ts';
import type { ContainerImage, Layer } from './container-images.ts';
import type { LayeredImage } from './oci-layout.ts';

/** Where the parts of layers come from. */
export interface LayerSources {
  /** Makes the tar of what a script takes from the Debian base. */
  script(name: string, tar: string): Promise<void>;
  /** component → path of its binary. */
  binaries: ReadonlyMap<string, string>;
  /** Folder with our own scripts. */
  files: string;
}

type Tar = LayeredImage['layers'][number];

/** Writes the layers of images as tars into a folder, each once, and says which image has which. */
export async function makeLayers(
  context: Context,
  images: readonly ContainerImage[],
  sources: LayerSources,
  folder: string,
): Promise<LayeredImage[]> {
  await mkdir(folder, { recursive: true });
  const made = new Map<string, Promise<Tar>>();
  const once = (layer: Layer): Promise<Tar> => {
    const id = JSON.stringify(layer);
    const tar = made.get(id) ?? makeLayer(context, layer, sources, path.join(folder, `${made.size}.tar`));
    made.set(id, tar);
    return tar;
  };
  return Promise.all(
    images.map(async ({ names, layers, entrypoint, user }) => ({
      names,
      layers: await Promise.all(layers.map(once)),
      entrypoint,
      user,
    })),
  );
}

async function makeLayer(context: Context, layer: Layer, sources: LayerSources, tar: string): Promise<Tar> {
  if ('script' in layer) await sources.script(layer.script, tar);
  else {
    const file =
      'file' in layer ? path.join(sources.files, layer.file) : (sources.binaries.get(layer.component) as string);
    const what = `${file} could not be packed`;
    await run('tar', singleFileTar(file, layer.path, tar), { signal: context.signal, what, timeoutSeconds: 60 });
  }
  return { tar, sha256: await hashFile(tar, context.signal) };
}

/** Arguments for a tar of one file under another name, the same bytes whoever makes it and whenever. */
export function singleFileTar(file: string, name: string, tar: string): string[] {
  const inside = name.replace(/^\//, '');
  return [
    ...['--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=0755', '--dereference'],
    ...[`--transform=s|.*|${inside}|`, '-C', path.dirname(file), '-cf', tar, path.basename(file)],
  ];
}
