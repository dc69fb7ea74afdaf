import { createHash } from 'node:crypto';
import { link, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** An image whose layers are tar files. */
export interface LayeredImage {
  names: string[];
  /** Paths of uncompressed tars, from the bottom up, with the sha256 of each in hex. */
  layers: { tar: string; sha256: string }[];
  entrypoint: string[];
  user?: string | undefined;
}

/** The same inputs give the same bytes, so nothing in an image says when it was made. */
const CREATED = '1970-01-01T00:00:00Z';
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Writes a folder in the OCI image layout (image-spec v1), which containerd imports and registry clients push: one
 * entry in its index for each name. Layers are linked, not copied, so they must be on the same file system.
 */
export async function writeLayout(folder: string, images: readonly LayeredImage[], arch: string): Promise<void> {
  const blobs = path.join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const writeJson = async (mediaType: string, value: object) => {
    const text = JSON.stringify(value);
    const sha256 = createHash('sha256').update(text).digest('hex');
    await writeFile(path.join(blobs, sha256), text);
    return { mediaType, digest: `sha256:${sha256}`, size: Buffer.byteLength(text) };
  };
  const manifests: object[] = [];
  for (const image of images) {
    const layers = await Promise.all(
      image.layers.map(async ({ tar, sha256 }) => {
        await link(tar, path.join(blobs, sha256)).catch(ignoreExisting);
        const { size } = await stat(tar);
        return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${sha256}`, size };
      }),
    );
    const config = await writeJson('application/vnd.oci.image.config.v1+json', {
      created: CREATED,
      architecture: arch,
      os: 'linux',
      config: {
        Env: [PATH],
        ...(image.entrypoint.length === 0 ? { Cmd: ['sh'] } : { Entrypoint: image.entrypoint }),
        ...(image.user === undefined ? {} : { User: image.user }),
      },
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
      history: image.layers.map(() => ({ created: CREATED, created_by: 'falldown' })),
    });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = await writeJson(mediaType, { schemaVersion: 2, mediaType, config, layers });
    for (const name of image.names) {
      const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name };
      manifests.push({ ...manifest, platform: { architecture: arch, os: 'linux' }, annotations });
    }
  }
  await writeFile(path.join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  await writeFile(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
