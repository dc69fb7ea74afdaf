import { access } from 'node:fs/promises';
import path from 'node:path';
import { FalldownError } from '../../harness/errors.ts';
import { inScratch } from '../toolchain/cache.ts';
import type { Context } from '../toolchain/context.ts';
import { runInGroup } from '../toolchain/process-group.ts';
import { docker, run } from './command.ts';
import { type ImagePlan, PACKAGES, SUITE } from './plan.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Makes the Debian base of the nodes: debootstrap into a folder, which Docker imports. */
export async function makeBase(context: Context, plan: ImagePlan): Promise<void> {
  const { signal } = context;
  const mirror = await debianMirror(context);
  await inScratch(context, plan.base.key, async (scratch) => {
    const root = path.join(scratch, 'root');
    await debootstrap(context, root, mirror);
    const done = context.progress.step(`importing ${plan.base.name}`);
    await docker(['import', '--change', 'LABEL falldown.dev/image=node-base', '-', plan.base.name], {
      signal,
      what: 'Docker did not take the Debian base',
      timeoutSeconds: 300,
      from: ['tar', '-C', root, '--numeric-owner', '--exclude=./var/cache/apt/archives/*.deb', '-cf', '-', '.'],
    });
    done();
  });
}

/** In a mount namespace of its own: whatever stops it, none of its mounts is left in a folder that is removed next. */
async function debootstrap(context: Context, root: string, mirror: string): Promise<void> {
  const counts = { Retrieving: 0, Unpacking: 0, Configuring: 0 };
  const done = context.progress.step(`installing Debian ${SUITE}`, () => {
    const { Retrieving, Unpacking, Configuring } = counts;
    return `${Retrieving} packages fetched, ${Unpacking} unpacked, ${Configuring} configured`;
  });
  const said: string[] = [];
  const args = ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, root, mirror];
  const command = ['unshare', '--mount', '--propagation', 'private', '--', 'debootstrap', ...args];
  const { code } = await runInGroup('sh', ['-c', 'exec "$@" >&2', 'sh', ...command], {
    cwd: '/',
    env: { ...context.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', DPKG_FORCE: 'unsafe-io' },
    signal: context.signal,
    onLine: (text) => {
      const word = /^I: (Retrieving|Unpacking|Configuring) /.exec(text)?.[1] as keyof typeof counts | undefined;
      if (word !== undefined) counts[word] += 1;
      else said.push(text);
    },
  });
  done(code === 0 ? `${counts.Configuring} packages` : 'failed');
  if (code === 0) return;
  throw new FalldownError({
    code: 'BASE_IMAGE_FAILED',
    kind: 'setup',
    what: 'Debian could not be installed for the node image',
    on: command.join(' '),
    seen: said.slice(-12).join('\n'),
    next: 'FALLDOWN_DEBIAN_MIRROR=URL names another mirror',
  });
}

/** The mirror that this machine takes its own packages from, or what FALLDOWN_DEBIAN_MIRROR names. */
export async function debianMirror(context: Context): Promise<string> {
  if (context.env.FALLDOWN_DEBIAN_MIRROR) return context.env.FALLDOWN_DEBIAN_MIRROR;
  const format = '$(ORIGIN) $(REPO_URI) $(CODENAME)';
  const text = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    signal: context.signal,
    what: 'the Debian mirror of this machine cannot be read',
    timeoutSeconds: 30,
  }).catch((error: unknown) => {
    context.signal.throwIfAborted();
    return String(error);
  });
  const mirror = mirrorIn(text);
  if (mirror !== undefined) return mirror;
  throw new FalldownError({
    code: 'MIRROR_UNKNOWN',
    kind: 'usage',
    what: 'there is no Debian mirror to make the node image from',
    expected: 'a machine whose apt has Debian’s packages, or FALLDOWN_DEBIAN_MIRROR',
    seen: text.split('\n')[0] || 'apt names no source of Debian’s',
    next: 'set FALLDOWN_DEBIAN_MIRROR to the URL of a Debian mirror, or take official images: --images registry',
  });
}

/** From lines `<origin> <uri> <codename>`: Debian's main archive, not its security updates. */
export function mirrorIn(indexTargets: string): string | undefined {
  for (const line of indexTargets.split('\n')) {
    const [origin, uri, codename = ''] = line.split(' ');
    if (origin === 'Debian' && uri !== undefined && !/-(security|updates|backports)/.test(codename)) return uri;
  }
  return undefined;
}

/** What this machine lacks to make the base, with the remedy. */
export async function missingForBase(): Promise<{ what: string; remedy: string }[]> {
  const missing: { what: string; remedy: string }[] = [];
  const install = 'falldown host setup, or: apt-get install debootstrap debian-archive-keyring';
  if (process.getuid?.() !== 0)
    missing.push({ what: 'root, which debootstrap needs', remedy: 'sudo falldown images build' });
  const found = await Promise.all(['/usr/sbin/debootstrap', '/usr/bin/unshare', KEYRING].map(exists));
  if (found.includes(false)) missing.push({ what: 'debootstrap with Debian’s keyring', remedy: install });
  return missing;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
