import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { buildFlags, type Origin } from './cache.ts';
import type { Context } from './context.ts';
import { copyModule, type Go, goEnv, moduleSum, requiredVersion } from './go.ts';
import type { Pin } from './pins.ts';
import { runInGroup } from './process-group.ts';

/**
 * Builds a component from its pinned module into `out`.
 * @param where Position among several, e.g. ` (2 of 10)`; shown to the user.
 * @throws Error with the command and the end of go's output.
 */
export async function build(
  context: Context,
  pin: Pin,
  go: Go,
  folder: string,
  out: string,
  where: string,
): Promise<Origin> {
  const started = performance.now();
  const source = path.join(folder, 'src');
  await mkdir(source);
  await copyModule(pin.moduleFolder, source);
  const run = { cwd: source, env: goEnv(context), signal: context.signal };
  let packages = 0;
  let modules = 0;
  let most: number | undefined;
  const ended = context.progress.step(`building ${pin.component} ${pin.version}${where}`, () => {
    const fetched = modules > 0 ? `${modules} modules fetched, ` : '';
    return `${fetched}${packages} packages compiled${most === undefined ? '' : ` of at most ${most}`}`;
  });
  // How much there is to do; started when the build turns out to be a long one, since it costs a second itself.
  const counter = setTimeout(() => {
    runInGroup(go.path, ['list', '-mod=readonly', '-deps', '-tags', pin.tags, pin.package], run).then(
      (listed) => {
        if (listed.code === 0) most = listed.stdout.split('\n').length - 1;
      },
      () => undefined,
    );
  }, 3_000);
  const args = ['build', '-v', ...buildFlags(pin), '-ldflags', pin.ldflags, '-o', out, pin.package];
  try {
    const done = await runInGroup(go.path, args, {
      ...run,
      onLine: (text) => {
        if (text.startsWith('go: downloading ')) modules++;
        else if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(text)) packages++;
      },
    });
    if (done.code !== 0) {
      const said = done.tail.filter((text) => !/^([\w.~-]+(\/[\w.~-]+)*|go: downloading .*)$/.test(text)).slice(-12);
      throw new Error(`go build ${pin.package} ended with code ${done.code}: ${said.join('\n')}`);
    }
    ended(`${packages} packages compiled`);
  } catch (error) {
    ended('failed');
    throw error;
  } finally {
    clearTimeout(counter);
  }
  return {
    how: 'built',
    module: `${pin.goModule}@${(await requiredVersion(pin.moduleFolder, pin.goModule)) ?? pin.version}`,
    moduleSum: await moduleSum(pin.moduleFolder, pin.goModule),
    goVersion: go.version,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}
