import { Command, InvalidArgumentError, Option } from 'commander';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { FalldownError } from '../errors.ts';
import { Interrupted, onInterruption } from '../run/interruption.ts';
import { bringUp, type UpResult } from './bring-up.ts';
import { say } from './output.ts';
import { type ProfileFlags, withProfileOptions } from './profile-options.ts';
import { ConsoleProgress } from './progress.ts';
import { findProvider, imagesOption, MADE, type ProviderFlags, requireHost } from './providers.ts';

interface UpFlags extends ProfileFlags, ProviderFlags {
  on: string;
  name?: string;
  gatekeeper: boolean;
}

const DEFAULT_PROFILE = 'as-in-the-incident';
/** Beyond it, paths of sockets and lines of `ps` become unreadable. */
const NAME_LENGTH = 40;

export function upCommand(): Command {
  return withProfileOptions(
    new Command('up')
      .description(
        `Makes a cluster with a profile (default: ${DEFAULT_PROFILE}) to play with: gatekeeper enforcing, priority classes and identities in place. It stays until falldown down.`,
      )
      .addOption(new Option('--on <provider>', 'kind of cluster').choices([...MADE]).default('embedded'))
      .addOption(imagesOption())
      .option('--name <name>', 'name of the cluster: lower-case letters, digits, dashes', clusterNameArgument)
      .option('--no-gatekeeper', 'leave Kyverno out'),
  )
    .addHelpText(
      'after',
      `
Examples:
  eval "$(falldown up)"
  falldown up --name demo --profile safeguarded
  falldown up --on kind
  falldown up --no-gatekeeper --set cluster.nodes.fake.count=0

stdout gets one line, export KUBECONFIG=…; your own kubeconfig and its current context are not touched.`,
    )
    .action(async (flags: UpFlags) => {
      process.exitCode = await up(flags);
    });
}

export function clusterNameArgument(name: string): string {
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= NAME_LENGTH) return name;
  throw new InvalidArgumentError(
    `expected lower-case letters, digits and dashes, at most ${NAME_LENGTH}, with a letter or digit at both ends.`,
  );
}

async function up(flags: UpFlags): Promise<number> {
  const { profile } = loadProfile({ ...flags, profile: flags.profile ?? DEFAULT_PROFILE });
  const provider = await findProvider(flags.on, flags);
  await requireHost(provider);
  const interruption = onInterruption(say);
  const progress = new ConsoleProgress();
  const { signal } = interruption;
  const { name, gatekeeper } = flags;
  try {
    const made = await bringUp({ provider, profile, name, gatekeeper, progress, signal });
    progress.stop();
    process.stdout.write(`export KUBECONFIG=${quoted(made.handle.kubeconfig)}\n`);
    explain(made, gatekeeper);
    return 0;
  } catch (error) {
    // What could not be removed is the graver news of the two.
    const incomplete = error instanceof FalldownError && error.failure.kind === 'cleanup';
    if (!incomplete && signal.reason instanceof Interrupted) return signal.reason.exitCode;
    throw error;
  } finally {
    progress.stop();
    interruption.release();
  }
}

function explain({ handle, identities }: UpResult, gatekeeper: boolean): void {
  say(`cluster ${handle.name} is up${gatekeeper ? ' and its gatekeeper enforces' : ', without a gatekeeper'}`);
  say(`  use     export KUBECONFIG=${quoted(handle.kubeconfig)}`);
  say('          kubectl, if you have none: $(falldown toolchain path kubectl) get pods -A');
  if (identities.size > 0) say('  act as  one of the teams, for a day: kubectl --kubeconfig FILE …');
  const width = Math.max(...[...identities.keys()].map((identity) => identity.length));
  for (const [identity, file] of identities) say(`          ${identity.padEnd(width)}  ${file}`);
  say(`  remove  falldown down ${handle.name}`);
}

/** For the shell that evaluates the line. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
