import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findRun, listRuns, makeRunFolder, newRunId } from '../../../harness/run/folder.ts';
import { failureOf as failing } from '../profiles/helpers.ts';

describe('run folder', () => {
  let out: string;
  beforeEach(() => {
    out = realpathSync(mkdtempSync(join(tmpdir(), 'falldown-runs-')));
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));

  const make = (id: string) => {
    const dir = makeRunFolder(out, id);
    writeFileSync(join(dir, 'journal.ndjson'), '');
    return dir;
  };

  it('has an id that sorts by time, tells what it was and is unique', () => {
    const at = new Date('2026-11-23T10:15:00.123Z');
    const ids = Array.from({ length: 50 }, () => newRunId('starvation', at));
    for (const id of ids) expect(id).to.match(/^20261123T101500Z-starvation-[0-9a-f]{6}$/);
    expect(new Set(ids).size).to.equal(50);
    expect(newRunId('a', new Date('2026-11-23T10:15:01Z')) > ids[0]!).to.equal(true);
  });

  it('is what `latest` points at, and moves it on', () => {
    const first = make('20260101T000000Z-a-111111');
    expect(findRun('latest', out)).to.satisfy((dir: string) => realpathSync(dir) === first);
    const second = make('20260102T000000Z-a-222222');
    expect(realpathSync(findRun('latest', out))).to.equal(second);
    // A relative link: the folder of runs may be moved or copied as a whole.
    expect(readlinkSync(join(out, 'latest'))).to.equal('20260102T000000Z-a-222222');
    expect(readdirSync(out)).to.have.members(['20260101T000000Z-a-111111', '20260102T000000Z-a-222222', 'latest']);
  });

  it('is found by id, by a part of it, and by path', () => {
    const dir = make('20260101T000000Z-a-111111');
    make('20260101T000000Z-b-222222');
    for (const name of ['20260101T000000Z-a-111111', '111111', '-a-', dir]) expect(findRun(name, out)).to.equal(dir);
  });

  it('is not guessed when several match', () => {
    make('20260101T000000Z-a-111111');
    make('20260101T000000Z-a-112222');
    const error = failing(() => findRun('-a-11', out));
    expect(error.code).to.equal('RUN_UNKNOWN');
    expect(error.failure).to.include({ what: 'several runs match', on: '-a-11' });
    expect(error.failure.seen?.split('\n')).to.have.length(2);
  });

  it('that is not there: says which are', () => {
    expect(failing(() => findRun('x', out)).failure.seen).to.equal(`no runs in ${out}`);
    make('20260101T000000Z-a-111111');
    expect(failing(() => findRun('x', out)).failure.seen).to.equal('20260101T000000Z-a-111111');
    expect(failing(() => findRun('latest', join(out, 'nowhere'))).code).to.equal('RUN_UNKNOWN');
  });

  it('is told apart from files and links beside it', () => {
    make('20260101T000000Z-a-111111');
    writeFileSync(join(out, 'notes.txt'), '');
    // What somebody killed in the middle of moving `latest` leaves, and a link whose run was deleted.
    symlinkSync('20260101T000000Z-a-111111', join(out, 'latest.4242'));
    symlinkSync('gone', join(out, 'latest.4243'));
    expect(listRuns(out)).to.deep.equal(['20260101T000000Z-a-111111']);
    expect(findRun('111111', out)).to.equal(join(out, '20260101T000000Z-a-111111'));
  });

  it('of which `latest` is gone is not found by that name', () => {
    rmSync(make('20260101T000000Z-a-111111'), { recursive: true });
    mkdirSync(join(out, '20260102T000000Z-b-222222'));
    expect(failing(() => findRun('latest', out)).failure.seen).to.equal('20260102T000000Z-b-222222');
  });
});
