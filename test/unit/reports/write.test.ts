import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FalldownError } from '../../../harness/errors.ts';
import { parseResult } from '../../../reports/schema.ts';
import { checkWritable, type OpenFile, REPORTERS, writeReports } from '../../../reports/write.ts';
import { HOLDS } from './results.ts';

const FILES = ['junit.xml', 'metrics.txt', 'report.html', 'result.json', 'summary.md'];

/** A disk that has room to make a file, and none for what goes into it. */
function fullDisk(full: (path: string) => boolean): OpenFile {
  return async (path) => {
    const file = await open(path, 'w');
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const writeFile = (content: string | Uint8Array) => (full(path) ? Promise.reject(error) : file.writeFile(content));
    return { writeFile: writeFile as typeof file.writeFile, sync: () => file.sync(), close: () => file.close() };
  };
}

function outputError(error: unknown): FalldownError {
  if (!(error instanceof FalldownError)) throw new Error(`not a FalldownError: ${String(error)}`);
  expect(error.code).to.equal('OUTPUT_NOT_WRITABLE');
  return error;
}

describe('writeReports', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-reports-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('writes every report and nothing else, making the folder', async () => {
    const folder = join(dir, 'runs', 'one');
    expect(await writeReports(folder, HOLDS)).to.deep.equal([]);
    expect(readdirSync(folder).sort()).to.deep.equal(FILES);
    expect(parseResult(readFileSync(join(folder, 'result.json'), 'utf8')).runId).to.equal(HOLDS.runId);
  });

  it('goes on when one reporter throws', async () => {
    const bad = {
      file: 'bad.txt',
      render: () => {
        throw new Error('no such metric');
      },
    };
    const failures = await writeReports(dir, HOLDS, undefined, [bad, ...REPORTERS]);
    expect(failures.map((f) => `${f.file}: ${f.error.message}`)).to.deep.equal(['bad.txt: no such metric']);
    expect(readdirSync(dir).sort()).to.deep.equal(FILES);
  });

  it('keeps the old file whole and leaves no half one when the disk is full', async () => {
    writeFileSync(join(dir, 'result.json'), 'old');
    const failures = await writeReports(
      dir,
      HOLDS,
      undefined,
      REPORTERS,
      fullDisk((path) => path.includes('result.json')),
    );
    expect(failures.map((f) => f.file)).to.deep.equal(['result.json']);
    const error = outputError(failures[0]?.error);
    expect(error.message).to.contain('the disk is full').and.contain(join(dir, 'result.json')).and.contain('--out');
    expect(error.exitCode).to.equal(3);
    expect(readFileSync(join(dir, 'result.json'), 'utf8')).to.equal('old');
    expect(readdirSync(dir).sort()).to.deep.equal(FILES);
  });

  it('says so when the folder cannot be made', async () => {
    writeFileSync(join(dir, 'file'), '');
    const failures = await writeReports(join(dir, 'file', 'run'), HOLDS);
    expect(failures.map((f) => f.file).sort()).to.deep.equal(FILES);
    for (const { error } of failures) expect(outputError(error).message).to.contain('ENOTDIR');
  });
});

describe('checkWritable', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-reports-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const refusal = (promise: Promise<void>) =>
    promise.then(() => {
      throw new Error('the folder was taken');
    }, outputError);

  it('takes a folder that can be written, and leaves nothing in it', async () => {
    await checkWritable(join(dir, 'new'));
    expect(readdirSync(join(dir, 'new'))).to.deep.equal([]);
  });

  it('finds a full disk, as a usage error, and leaves nothing there', async () => {
    const error = await refusal(
      checkWritable(
        dir,
        fullDisk(() => true),
      ),
    );
    expect(error.exitCode).to.equal(2);
    expect(error.message).to.contain('the disk is full').and.contain(dir);
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('finds a folder that is a file', async () => {
    writeFileSync(join(dir, 'file'), '');
    const error = await refusal(checkWritable(join(dir, 'file')));
    expect(error.exitCode).to.equal(2);
    expect(error.message).to.contain('does not take files');
  });
});
