import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FalldownError } from '../errors.ts';

/** Where runs are kept unless `--out` says otherwise, below the current folder. */
export const DEFAULT_OUT = join('reports', 'runs');

/** `20261123T101500Z-admission-deadlock-3fa9c1`: sorts by time, tells what it was, and is unique. */
export function newRunId(experiment: string, now = new Date()): string {
  const time = `${now.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  return `${time}-${experiment}-${randomBytes(3).toString('hex')}`;
}

/** Makes the run's folder and points `latest` at it. */
export function makeRunFolder(out: string, runId: string): string {
  const dir = join(resolve(out), runId);
  mkdirSync(join(dir, 'logs'), { recursive: true });
  const link = join(resolve(out), 'latest');
  const temporary = `${link}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(runId, temporary);
  renameSync(temporary, link);
  return dir;
}

/** Finds a run by `latest`, id, part of an id, or path. Throws RUN_UNKNOWN. */
export function findRun(name: string, out = DEFAULT_OUT): string {
  if (existsSync(join(name, 'journal.ndjson'))) return resolve(name);
  const direct = join(resolve(out), name);
  if (existsSync(join(direct, 'journal.ndjson'))) return direct;
  const runs = listRuns(out);
  const matching = runs.filter((run) => run.includes(name));
  if (matching.length === 1) return join(resolve(out), matching[0]!);
  throw new FalldownError({
    code: 'RUN_UNKNOWN',
    kind: 'usage',
    what: matching.length > 1 ? 'several runs match' : 'no such run',
    on: name,
    expected: '`latest`, a run id (or a part of it), or the path of a run’s folder',
    seen:
      runs.length === 0 ? `no runs in ${resolve(out)}` : (matching.length > 1 ? matching : runs).slice(-5).join('\n'),
  });
}

export function listRuns(out = DEFAULT_OUT): string[] {
  const dir = resolve(out);
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
