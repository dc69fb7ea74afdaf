import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMap, isSeq, parseDocument } from 'yaml';
import { FalldownError, reasonOf } from '../../harness/errors.ts';
import { inScratch } from './cache.ts';
import { type Context, contextOf, type ToolchainOptions } from './context.ts';
import { copyTree, digestTree } from './file-tree.ts';
import { copyModule, findGo, requiredVersion } from './go.ts';
import { moduleFolders } from './modules.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { findChart } from './pick.ts';
import type { PinnedChart } from './pins.ts';

/** Progress may be left out: a chart takes a second once the modules are here. */
export type ChartOptions = Omit<ToolchainOptions, 'progress'> & Partial<Pick<ToolchainOptions, 'progress'>>;

const silent = { step: () => () => undefined, say: () => undefined };
/** Written last, beside the chart: digest of its files. A chart without it is not whole. */
const DIGEST = 'chart.sha256';

/**
 * A folder with the Kyverno chart of a version, ready for helm without any network: taken from the same pinned module
 * as the binary, with the subcharts that the chart would fetch from a repository.
 * FALLDOWN_KYVERNO_CHART names a chart of the user's own instead.
 * @throws FalldownError VERSION_NOT_PINNED (usage), CHART_UNAVAILABLE (setup; usage when there is no Go).
 */
export async function kyvernoChart(version: string, options: ChartOptions): Promise<string> {
  const context = contextOf({ ...options, progress: options.progress ?? silent });
  if (context.env.FALLDOWN_KYVERNO_CHART) return context.env.FALLDOWN_KYVERNO_CHART;
  const chart = findChart(context.pins, 'kyverno', version);
  const key = await chartKey(chart);
  const home = path.join(context.cache, 'charts', key);
  const folder = path.join(home, chart.family);
  if (await isWhole(home, folder)) return folder;

  const go = await findGo(context, chart.moduleFolder);
  if (typeof go === 'string') throw unavailable(chart, go, 'usage');
  return oneAtATime(context, key, `assembling the chart of ${chart.family} ${chart.version}`, async () => {
    if (await isWhole(home, folder)) return folder;
    const done = context.progress.step(`assembling the chart of ${chart.family} ${chart.version}`);
    try {
      await inScratch(context, key, async (scratch) => {
        const made = path.join(scratch, 'out');
        await assemble(context, chart, go.path, scratch, path.join(made, chart.family));
        await writeFile(path.join(made, DIGEST), await digestTree(path.join(made, chart.family)));
        await rm(home, { recursive: true, force: true });
        await mkdir(path.dirname(home), { recursive: true });
        await rename(made, home);
      });
    } catch (error) {
      context.signal.throwIfAborted();
      throw error instanceof FalldownError ? error : unavailable(chart, reasonOf(error), 'setup');
    } finally {
      done();
    }
    return folder;
  });
}

/** The go.sum pins every byte of the modules, so it and the recipe name the result. */
async function chartKey(chart: PinnedChart): Promise<string> {
  const sums = await readFile(path.join(chart.moduleFolder, 'go.sum'), 'utf8');
  const recipe = JSON.stringify([chart.path, chart.subcharts, chart.drop, sums]);
  const hash = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return `${chart.family}-chart-${chart.version}-${hash}`;
}

async function isWhole(home: string, folder: string): Promise<boolean> {
  const expected = await readFile(path.join(home, DIGEST), 'utf8').catch(() => undefined);
  return expected !== undefined && expected === (await digestTree(folder).catch(() => undefined));
}

/** Copies the chart and its subcharts out of the module cache, which go fills and checks against go.sum. */
async function assemble(context: Context, chart: PinnedChart, go: string, scratch: string, to: string): Promise<void> {
  await copyModule(chart.moduleFolder, scratch);
  const wanted = [chart.goModule];
  for (const { goModule } of Object.values(chart.subcharts))
    if ((await requiredVersion(scratch, goModule)) !== undefined) wanted.push(goModule);
  const folders = await moduleFolders(context, go, scratch, wanted);
  await copyTree(path.join(folders.get(chart.goModule) ?? '', chart.path), to);
  await rm(path.join(to, 'Chart.lock'), { force: true });
  await rewriteDependencies(chart, to, folders);
}

/**
 * Chart.yaml may name only subcharts that are in the folder: those from a repository are copied in and named with the
 * version that they carry themselves (the release job that would stamp it has not run on a module), others are dropped.
 */
async function rewriteDependencies(chart: PinnedChart, to: string, folders: Map<string, string>): Promise<void> {
  const file = path.join(to, 'Chart.yaml');
  const document = parseDocument(await readFile(file, 'utf8'));
  const dependencies = document.get('dependencies');
  if (!isSeq(dependencies)) return;
  const kept: unknown[] = [];
  for (const entry of dependencies.items) {
    if (!isMap(entry)) throw new Error(`${file}: a dependency is not a map`);
    const name = String(entry.get('name'));
    const source = chart.subcharts[name];
    if (chart.drop.includes(name)) continue;
    if (entry.has('repository')) {
      const folder = source && folders.get(source.goModule);
      if (source === undefined || folder === undefined) {
        throw new Error(
          `the chart needs the subchart ${name}, which no pinned module has: name it in pins.yaml, or drop it there`,
        );
      }
      const own = path.join(to, 'charts', name);
      await copyTree(path.join(folder, source.path), own);
      entry.set('version', parseDocument(await readFile(path.join(own, 'Chart.yaml'), 'utf8')).get('version'));
      entry.delete('repository');
    }
    kept.push(entry);
  }
  dependencies.items = kept;
  await writeFile(file, document.toString());
}

function unavailable(chart: PinnedChart, reason: string, kind: 'usage' | 'setup'): FalldownError {
  return new FalldownError({
    code: 'CHART_UNAVAILABLE',
    kind,
    what: 'the chart could not be assembled',
    on: `${chart.family} ${chart.version}`,
    seen: reason,
    next: 'install Go and let it reach its module proxy, or set FALLDOWN_KYVERNO_CHART to a folder with the chart',
  });
}
