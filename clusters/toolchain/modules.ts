import { z } from 'zod';
import type { Context } from './context.ts';
import { goEnv, moduleSum } from './go.ts';
import { runInGroup } from './process-group.ts';

const downloadSchema = z.object({ Path: z.string(), Dir: z.string(), Sum: z.string() });

/**
 * Folder of each module in go's module cache, which go fills and checks.
 * @param cwd A copy of a pinned module, which go may write to.
 * @throws Error when a module cannot be had, or is not the one that go.sum pins.
 */
export async function moduleFolders(
  context: Context,
  go: string,
  cwd: string,
  wanted: string[],
): Promise<Map<string, string>> {
  const got = await runInGroup(go, ['mod', 'download', '-json', ...wanted], {
    cwd,
    env: goEnv(context),
    signal: context.signal,
  });
  if (got.code !== 0) throw new Error(`go mod download ${wanted.join(' ')}: ${got.stdout}${got.tail.join('\n')}`);
  // One JSON object after the other, without commas.
  const modules = z.array(downloadSchema).parse(JSON.parse(`[${got.stdout.replaceAll(/^\}\s*\{/gm, '},{')}]`));
  for (const { Path, Sum } of modules) {
    const pinned = await moduleSum(cwd, Path);
    if (pinned !== Sum) throw new Error(`${Path} has hash ${Sum}, go.sum pins ${pinned ?? 'none'}`);
  }
  return new Map(modules.map((m) => [m.Path, m.Dir]));
}
