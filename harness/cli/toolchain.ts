import { Command } from 'commander';
import type { InventoryLine } from '../../clusters/toolchain/inventory.ts';
import { FalldownError } from '../errors.ts';
import { spoken } from '../spoken.ts';
import { interruptible } from './interruptible.ts';
import { outputOption } from './output.ts';
import { collectVersion, type VersionFlags } from './version-option.ts';

const EXAMPLES = `
Examples:
  falldown toolchain list                            what is pinned, what is here, where it comes from
  falldown toolchain build                           everything that an embedded run needs
  falldown toolchain build kubelet kubeadm           more than that
  falldown toolchain build kyverno --version kyverno=1.19.1
  $(falldown toolchain path kubectl) version         run one of the binaries

Order: FALLDOWN_BIN_<COMPONENT> or FALLDOWN_BIN_DIR, the cache, the official release (with its published hash), a Go
build from the pinned module. FALLDOWN_TOOLCHAIN=cache|download|build|offline leaves steps out; FALLDOWN_PINS=FILE
names pins of your own.`;

/** `falldown toolchain list|build|path`. */
export function toolchainCommand(): Command {
  const command = new Command('toolchain')
    .description('the binaries that clusters are made of: where each comes from, its version and its hash')
    .addHelpText('after', EXAMPLES);

  command
    .command('list')
    .description('every pinned component, its state and its source')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExample:\n  falldown toolchain list -o json | jq -r ".[] | select(.state == \\"cached\\").path"',
    )
    .action(list);

  command
    .command('build')
    .description('get components ready now: by download or Go build (default: what an embedded run needs)')
    .argument('[component...]', 'names as in `toolchain list`')
    .option('--version <family=version>', 'version of a family; may be given several times', collectVersion)
    .addHelpText(
      'after',
      '\nExamples:\n  falldown toolchain build\n  falldown toolchain build kyverno --version kyverno=1.19.1',
    )
    .action(build);

  command
    .command('path')
    .description('where the binary of a component is; builds nothing')
    .argument('[component]', 'a name as in `toolchain list`; without it, all that an embedded run needs')
    .option('--version <family=version>', 'version of a family; may be given several times', collectVersion)
    .addHelpText('after', '\nExample:\n  $(falldown toolchain path kubectl) version --client')
    .action(showPath);
  return command;
}

async function list(options: { output: 'human' | 'json' }): Promise<void> {
  const { inventory } = await import('../../clusters/toolchain/inventory.ts');
  const lines = await inventory({ signal: new AbortController().signal });
  if (options.output === 'json') {
    process.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
    return;
  }
  const rows = lines.map((line) => [line.component, line.version, stateOf(line), line.source]);
  process.stdout.write(table([['COMPONENT', 'VERSION', 'STATE', 'SOURCE'], ...rows]));
}

async function build(components: string[], options: VersionFlags): Promise<void> {
  const [{ ensure }, { ConsoleProgress }, { loadPins }] = await Promise.all([
    import('../../clusters/toolchain/ensure.ts'),
    import('./progress.ts'),
    import('../../clusters/toolchain/pins.ts'),
  ]);
  const progress = new ConsoleProgress();
  await interruptible(async (signal) => {
    const pins = loadPins(process.env.FALLDOWN_PINS || undefined);
    const wanted = components.length > 0 ? components : pins.embedded;
    const { resolved, seconds } = await ensure(wanted, { signal, progress, pins, versions: options.version ?? {} });
    process.stdout.write(table(resolved.map((r) => [r.component, r.version, r.how, r.path])));
    const made = resolved.filter((r) => r.how === 'build' || r.how === 'download').length;
    progress.say(`${resolved.length} components ready, ${made} of them made now, in ${spoken(seconds)}`);
  }, 'what was compiled so far is kept by Go, so the next build goes on from there').finally(() => progress.stop());
}

async function showPath(component: string | undefined, options: VersionFlags): Promise<void> {
  const [{ find, isResolved }, { contextOf }, { pickPins }] = await Promise.all([
    import('../../clusters/toolchain/resolve.ts'),
    import('../../clusters/toolchain/context.ts'),
    import('../../clusters/toolchain/pick.ts'),
  ]);
  const silent = { step: () => () => undefined, say: () => undefined };
  const context = contextOf({ signal: new AbortController().signal, progress: silent });
  const wanted = component === undefined ? context.pins.embedded : [component];
  const rows: string[][] = [];
  for (const pin of pickPins(context.pins, wanted, options.version)) {
    const found = await find(context, pin);
    if (isResolved(found)) rows.push(component === undefined ? [pin.component, found.path] : [found.path]);
    else if (component !== undefined) {
      throw new FalldownError({
        code: 'TOOLCHAIN_NOT_BUILT',
        kind: 'setup',
        what: 'this binary is not here yet',
        on: `${pin.component} ${pin.version}`,
        seen: found.map(({ step, reason }) => `${step}: ${reason}`).join('\n'),
        next: `falldown toolchain build ${pin.component}`,
      });
    }
  }
  process.stdout.write(table(rows));
}

function stateOf(line: InventoryLine): string {
  if (line.state !== 'cached') return line.state;
  return `cached (${((line.sizeBytes ?? 0) / 1e6).toFixed(0)} MB, ${line.how})`;
}

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const text = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  return text.map((line) => `${line}\n`).join('');
}
