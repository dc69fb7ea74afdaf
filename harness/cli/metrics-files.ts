import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { execa } from 'execa';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import { FalldownError } from '../errors.ts';
import { ConsoleProgress } from './progress.ts';

export interface MetricsFlags {
  prometheusConfig?: string;
  rules?: string[];
}

/** The flags that put a user's own Prometheus to the test. */
export function withMetricsOptions(command: Command): Command {
  return command
    .option('--prometheus-config <file>', 'your prometheus.yml, put to the test of lying-metrics')
    .option('--rules <file...>', 'your Prometheus rules files, beside the profile’s, put to the same test');
}

/**
 * Has promtool read the user's files, as their Prometheus would, before anything is made. Rules files that prometheus.yml
 * names are read with it.
 * @throws FalldownError PROMETHEUS_FILES_INVALID (usage) with file:line of what it found
 */
export async function checkMetricsFiles(flags: MetricsFlags, signal: AbortSignal): Promise<void> {
  const { prometheusConfig: config, rules = [] } = flags;
  if (config === undefined && rules.length === 0) return;
  const progress = new ConsoleProgress();
  const { paths } = await ensure(['promtool'], { progress, signal }).finally(() => progress.stop());
  const promtool = paths.get('promtool')!;
  const problems = [
    ...(config === undefined ? [] : await told(promtool, ['check', 'config', '--syntax-only'], [config], signal)),
    ...(await told(promtool, ['check', 'rules', '--lint=none'], rules, signal)),
  ];
  if (problems.length === 0) return;
  throw new FalldownError({
    code: 'PROMETHEUS_FILES_INVALID',
    kind: 'usage',
    what: 'Prometheus would not take these files',
    on: [...(config === undefined ? [] : [config]), ...rules].join(', '),
    seen: problems.join('\n'),
    next: 'correct the lines named above; promtool check says the same',
  });
}

async function told(
  promtool: string,
  command: string[],
  files: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    const path = resolve(file);
    const { exitCode, stderr } = await execa(promtool, [...command, path], { reject: false, cancelSignal: signal });
    if (exitCode !== 0) found.push(...promtoolProblems(stderr, path, readFileSync(path, 'utf8')));
  }
  return found;
}

/** What promtool says of a file, one line a problem, each with its place in the file where that can be known. */
export function promtoolProblems(said: string, path: string, text: string): string[] {
  const name = relative('', path).startsWith('..') ? path : relative('', path);
  const lines = said
    .split('\n')
    .map((line) => line.trim().replace(/^FAILED:\s*/, ''))
    .filter((line) => line !== '' && !/yaml: unmarshal errors:$/.test(line));
  return lines.map((line) => {
    const bare = line.replace(/^parsing YAML file /, '').replace(`${path}: `, '');
    const placed = /^(?:yaml: )?line (\d+): (.*)$/.exec(bare) ?? /^(\d+:\d+): (.*)$/.exec(bare);
    if (placed !== null) return `${name}:${placed[1]} ${placed[2]}`;
    // Of a value that is no duration it says only the value.
    const quoted = /"([^"]+)"/.exec(bare)?.[1];
    const at = quoted === undefined ? -1 : text.split('\n').findIndex((written) => written.includes(quoted));
    return at < 0 ? `${name} ${bare}` : `${name}:${at + 1} ${bare}`;
  });
}
