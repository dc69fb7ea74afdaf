import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { FalldownError, reasonOf } from '../../harness/errors.ts';
import type { Context } from '../toolchain/context.ts';
import { copyTree } from '../toolchain/file-tree.ts';
import { copyModule, findGo } from '../toolchain/go.ts';
import { moduleFolders } from '../toolchain/modules.ts';
import type { Pin } from '../toolchain/pins.ts';

/**
 * Copies the files that kind puts into every node, from the module that the kind binary is built from.
 * @param scratch A folder that go may write to.
 * @throws FalldownError KIND_FILES_UNAVAILABLE (setup).
 */
export async function copyKindFiles(context: Context, kind: Pin, scratch: string, to: string): Promise<void> {
  try {
    const go = await findGo(context, kind.moduleFolder);
    if (typeof go === 'string') throw new Error(go);
    await mkdir(scratch, { recursive: true });
    await copyModule(kind.moduleFolder, scratch);
    const folders = await moduleFolders(context, go.path, scratch, [kind.goModule]);
    await copyTree(path.join(folders.get(kind.goModule)!, 'images', 'base', 'files'), to);
  } catch (error) {
    context.signal.throwIfAborted();
    throw new FalldownError({
      code: 'KIND_FILES_UNAVAILABLE',
      kind: 'setup',
      what: 'kind’s files for a node cannot be had',
      on: `${kind.goModule}@v${kind.version}`,
      seen: reasonOf(error),
      next: 'install Go and let it reach its module proxy, or take official images: --images registry',
    });
  }
}
