import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FailureKind, FalldownError, reasonOf } from '../harness/errors.ts';
import { reportHtml } from './html/report.ts';
import { toJson } from './json.ts';
import { junitXml } from './junit.ts';
import { openMetrics } from './openmetrics.ts';
import type { Recording } from './recording.ts';
import type { Result } from './result.ts';
import { summaryMarkdown } from './summary.ts';

export interface Reporter {
  /** Name of the file in the run's folder. */
  file: string;
  render(result: Result, recording?: Recording): string;
}

export interface ReportFailure {
  file: string;
  error: Error;
}

/** Opens a file for writing; tests replace it to meet a full disk. */
export type OpenFile = (path: string) => Promise<Pick<FileHandle, 'writeFile' | 'sync' | 'close'>>;

export const REPORTERS: readonly Reporter[] = [
  { file: 'result.json', render: toJson },
  { file: 'report.html', render: reportHtml },
  { file: 'summary.md', render: (result) => summaryMarkdown(result) },
  { file: 'junit.xml', render: junitXml },
  { file: 'metrics.txt', render: openMetrics },
];

const PROBE_BYTES = 2 ** 20;
const openNew: OpenFile = (path) => open(path, 'w');

/**
 * Writes every report of a result into `dir` (made when missing). A file appears whole or not at all. A reporter that
 * throws does not stop the others.
 * @returns what could not be written; empty when all is well. A folder that does not take files is a FalldownError
 * `OUTPUT_NOT_WRITABLE`.
 */
export async function writeReports(
  dir: string,
  result: Result,
  recording?: Recording,
  reporters: readonly Reporter[] = REPORTERS,
  openFile: OpenFile = openNew,
): Promise<ReportFailure[]> {
  const rendered = reporters.map(({ file, render }) => ({ file, render: () => render(result, recording) }));
  return writeTexts(dir, rendered, openFile);
}

/** Writes texts into `dir` as `writeReports` does its reports, and returns what could not be written. */
export async function writeTexts(
  dir: string,
  texts: readonly { file: string; render: () => string }[],
  openFile: OpenFile = openNew,
): Promise<ReportFailure[]> {
  const failures: ReportFailure[] = [];
  for (const { file, render } of texts) {
    try {
      const text = render();
      await mkdir(dir, { recursive: true });
      await writeWhole(join(dir, file), text, openFile);
    } catch (cause) {
      failures.push({ file, error: asError(cause, join(dir, file), 'infrastructure') });
    }
  }
  return failures;
}

/**
 * Finds out before anything is created whether reports can be written later: makes `dir`, writes 1 MiB there and
 * removes it again.
 * @throws FalldownError `OUTPUT_NOT_WRITABLE` (usage) when the disk is full, read-only or not ours.
 */
export async function checkWritable(dir: string, openFile: OpenFile = openNew): Promise<void> {
  const probe = join(dir, `.falldown-probe-${process.pid}`);
  try {
    await mkdir(dir, { recursive: true });
    try {
      await writeSynced(probe, Buffer.alloc(PROBE_BYTES, 1), openFile);
    } finally {
      await rm(probe, { force: true });
      // The folder stays, empty: another run that starts right now may have taken it for its own.
    }
  } catch (cause) {
    throw asError(cause, dir, 'usage');
  }
}

async function writeWhole(path: string, text: string, openFile: OpenFile): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeSynced(temporary, text, openFile);
    await rename(temporary, path);
  } catch (error) {
    // Half a file would take the room that the next reporter may need. The cause matters more than this failing too.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Synced, because some file systems only notice a full disk then, and a rename must not overtake the data. */
async function writeSynced(path: string, content: string | Buffer, openFile: OpenFile): Promise<void> {
  const file = await openFile(path);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Every refusal of the file system is about the output; what a reporter itself throws stays as it is. */
function asError(cause: unknown, path: string, kind: FailureKind): Error {
  if (!(cause instanceof Error)) return new Error(reasonOf(cause));
  if (!('syscall' in cause)) return cause;
  const code = 'code' in cause ? String(cause.code) : '';
  const full = FULL.has(code);
  return new FalldownError({
    code: 'OUTPUT_NOT_WRITABLE',
    kind,
    what: full ? 'the disk is full' : 'the output folder does not take files',
    on: path,
    expected: 'a folder with room for the reports',
    seen: reasonOf(cause),
    next: full ? 'make room there, or name another folder with --out DIR' : 'name another folder with --out DIR',
    cause,
  });
}
