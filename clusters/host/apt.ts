import { execa } from 'execa';
import { runCommand } from '../../harness/command.ts';
import { record } from './record.ts';

/** A slow mirror is slow, not broken; apt gives up on a dead one by itself. */
const APT_SECONDS = 900;

/**
 * Installs Debian packages that are not there yet, and records those that are new with them. Returns their names.
 * Throws APT_FAILED with apt's own words.
 */
export async function installPackages(
  names: readonly string[],
  recordPath: string,
  signal: AbortSignal,
): Promise<string[]> {
  await apt(['update', '-qq'], signal);
  // In newer Debians the docker command is a package of its own, which docker.io only recommends.
  const all = [
    ...names,
    ...(names.includes('docker.io') && (await isOffered('docker-cli', signal)) ? ['docker-cli'] : []),
  ];
  const plan = await apt(['install', '--simulate', '--no-install-recommends', ...all], signal);
  const added = [...plan.matchAll(/^Inst (\S+)(?! \[)/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  record(recordPath, (before) => ({ packages: [...new Set([...before.packages, ...added])] }));
  await apt(['install', '--yes', '--no-install-recommends', ...all], signal);
  return added;
}

async function isOffered(name: string, signal: AbortSignal): Promise<boolean> {
  const { stdout } = await execa('apt-cache', ['pkgnames', name], { reject: false, cancelSignal: signal });
  return stdout.split('\n').includes(name);
}

function apt(args: string[], signal: AbortSignal): Promise<string> {
  return runCommand('apt-get', args, {
    what: 'apt-get failed',
    code: 'APT_FAILED',
    kind: 'setup',
    signal,
    timeoutSeconds: APT_SECONDS,
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    next: 'look at its message: a mirror that is not reached, another apt that holds the lock, a full disk',
  });
}
