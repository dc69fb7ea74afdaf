import { join } from 'node:path';
import type { Recording } from '../../reports/recording.ts';
import type { Result } from '../../reports/result.ts';
import { type ReportFailure, writeReports } from '../../reports/write.ts';
import { reasonOf } from '../errors.ts';
import { readJournal } from '../journal/reader.ts';
import { record } from '../recording/record.ts';
import { say } from './output.ts';

/** Writes every report of a run into its folder, and says what could not be written. */
export async function publishReports(dir: string, result: Result): Promise<ReportFailure[]> {
  const unwritten = await writeReports(dir, result, recordingOf(dir, result));
  for (const { file, error } of unwritten) say(`could not write ${file}: ${error.message}`);
  return unwritten;
}

/** A report without its pictures is better than none. */
function recordingOf(dir: string, result: Result): Recording | undefined {
  try {
    return record(() => readJournal(join(dir, 'journal.ndjson')), result);
  } catch (error) {
    say(`report.html has no timeline: ${reasonOf(error)}`);
    return undefined;
  }
}
