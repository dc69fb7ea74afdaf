import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { FalldownError } from '../../harness/errors.ts';

const IMAGE = 'falldown-host-probe';
/** On it, what falldown leaves in Docker is found again; the value says what it is. */
const LABEL = 'falldown.dev/host-probe=true';
const PROBE_SECONDS = 60;
/** Enough of this machine to run one of its commands in an empty image. */
const SHARED = ['/usr', '/bin', '/lib', '/lib64'];

/**
 * Runs a privileged container, which is what a kind node is: this machine's `true` in an empty image. Throws
 * PRIVILEGED_REFUSED with docker's words when it does not run. Leaves nothing.
 */
export async function probePrivileged(signal: AbortSignal): Promise<void> {
  const options = { reject: false, all: true as const, cancelSignal: signal, timeout: PROBE_SECONDS * 1000 };
  // Two zero blocks are an empty tar archive.
  const empty = await execa('docker', ['import', '--change', `LABEL ${LABEL}`, '-', IMAGE], {
    ...options,
    input: new Uint8Array(1024),
  });
  try {
    const volumes = SHARED.filter((path) => existsSync(path)).flatMap((path) => ['--volume', `${path}:${path}:ro`]);
    const args = [
      'run',
      '--rm',
      '--privileged',
      '--network',
      'none',
      '--label',
      LABEL,
      ...volumes,
      IMAGE,
      '/usr/bin/true',
    ];
    const ran = empty.failed ? empty : await execa('docker', args, { ...options, stdin: 'ignore' });
    if (!ran.failed) return;
    signal.throwIfAborted();
    throw new FalldownError({
      code: 'PRIVILEGED_REFUSED',
      kind: 'setup',
      what: 'Docker runs, but not a privileged container, and a kind node is one',
      on: ran.escapedCommand,
      seen: ran.all?.trim().split('\n').slice(-5).join('\n'),
      next: 'falldown host check --on kind; a sandbox may forbid it whatever is set here',
      cause: ran,
    });
  } finally {
    await execa('docker', ['image', 'rm', '--force', IMAGE], { reject: false });
  }
}
