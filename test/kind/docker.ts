import { execFileSync } from 'node:child_process';
import type { Context } from 'mocha';
import { kind } from '../../clusters/providers/kind/index.ts';

/** Skips a suite, and says why, where kind clusters cannot run. */
export async function needsDocker(this: Context): Promise<void> {
  const missing = await kind().missing();
  if (missing.length === 0) return;
  process.stderr.write(`skipped: ${missing.map(({ what, remedy }) => `${what} (${remedy})`).join('; ')}\n`);
  this.skip();
}

/** Everything in Docker that carries a cluster's name: containers, volumes of theirs, networks. */
export function inDocker(cluster: string): string[] {
  const lines = (...args: string[]) => String(execFileSync('docker', args)).split('\n').filter(Boolean);
  return [
    ...lines('ps', '--all', '--filter', `label=io.x-k8s.kind.cluster=${cluster}`, '--format', 'container {{.Names}}'),
    ...lines('network', 'ls', '--filter', `name=${cluster}`, '--format', 'network {{.Name}}'),
  ];
}

/** Anonymous volumes: every node has one. */
export function volumes(): string[] {
  return String(execFileSync('docker', ['volume', 'ls', '--quiet']))
    .split('\n')
    .filter(Boolean);
}
