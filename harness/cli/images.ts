import { Command } from 'commander';
import type { ImageLine } from '../../clusters/node-image/inventory.ts';
import { spoken } from '../spoken.ts';
import { interruptible } from './interruptible.ts';
import { outputOption, printJson, say, table } from './output.ts';
import { collectVersion, type VersionFlags } from './version-option.ts';

/** `falldown images list|build|remove`. */
export function imagesCommand(): Command {
  const command = new Command('images')
    .description(
      'The images that kind clusters are made of where no registry is: made here, from the toolchain’s binaries.',
    )
    .addHelpText(
      'after',
      `
Examples:
  falldown images list
  falldown images build
  falldown images remove`,
    );
  command
    .command('list')
    .description(
      'The images that falldown has made or would make: whether each is current, its size and age, what is in it.',
    )
    .option('--version <family=version>', 'version of a family; may be given several times', collectVersion)
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown images list
  kind create cluster --image $(falldown images list -o json | jq -r '.[] | select(.kind == "node" and .state == "current").name')`,
    )
    .action(list);
  command
    .command('build')
    .description('Makes the node image now, with every container image in it; a run would do it otherwise.')
    .option('--version <family=version>', 'version of a family; may be given several times', collectVersion)
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown images build
  falldown images build --version kyverno=1.19.1

Needs Docker, debootstrap and root, Debian’s packages and the Go module proxy, and no registry. The name of the image
goes to stdout; kind takes it as --image.`,
    )
    .action(build);
  command
    .command('remove')
    .description('Removes the images that are no longer current.')
    .option('--all', 'the current ones too')
    .addHelpText('after', '\nExamples:\n  falldown images remove\n  falldown images remove --all')
    .action(remove);
  return command;
}

interface ListFlags extends VersionFlags {
  output: 'human' | 'json';
}

async function list(flags: ListFlags): Promise<void> {
  const { listImages } = await import('../../clusters/node-image/inventory.ts');
  const lines = await listImages({ signal: new AbortController().signal, versions: flags.version ?? {} });
  if (flags.output === 'json') return printJson(lines);
  process.stdout.write(`${table(['NAME', 'STATE', 'SIZE', 'AGE', 'MADE OF'], lines.map(row))}\n`);
}

function row({ name, state, sizeBytes, ageSeconds, madeOf }: ImageLine): string[] {
  const of = Object.entries(madeOf).map(([component, version]) => `${component} ${version}`);
  return [
    name,
    state,
    sizeBytes === undefined ? '' : `${(sizeBytes / 1e6).toFixed(0)} MB`,
    ageSeconds === undefined ? '' : age(ageSeconds),
    of.length === 0 ? 'Debian packages' : of.join(', '),
  ];
}

/** `90 s`, `12 min`, `5 h`, `9 d`: as kubectl rounds ages. */
function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

async function build(flags: ListFlags): Promise<void> {
  const [{ buildNodeImage }, { ConsoleProgress }] = await Promise.all([
    import('../../clusters/node-image/build.ts'),
    import('./progress.ts'),
  ]);
  const progress = new ConsoleProgress();
  await interruptible(async (signal) => {
    const image = await buildNodeImage({ signal, progress, versions: flags.version ?? {} });
    progress.say(image.cached ? 'it was there already' : `made in ${spoken(image.seconds)}`);
    if (flags.output === 'json') printJson(image);
    else process.stdout.write(`${image.name}\n`);
  }, 'what was compiled so far is kept, so the next build goes on from there').finally(() => progress.stop());
}

async function remove(flags: { all?: boolean }): Promise<void> {
  const { listImages, removeImages } = await import('../../clusters/node-image/inventory.ts');
  const { signal } = new AbortController();
  const lines = await listImages({ signal });
  const names = lines
    .filter(({ state }) => state === 'old' || (flags.all && state === 'current'))
    .map(({ name }) => name);
  for (const name of names) {
    await removeImages([name], signal);
    process.stdout.write(`removed ${name}\n`);
  }
  if (names.length === 0) say('nothing to remove');
}
