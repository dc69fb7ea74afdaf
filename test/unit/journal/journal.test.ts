import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { FalldownError } from '../../../harness/errors.ts';
import type { JournalEvent, Note } from '../../../harness/journal/events.ts';
import { readJournal } from '../../../harness/journal/reader.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { until } from '../../until.ts';

const CHILD = new URL('./writing-child.ts', import.meta.url).pathname;

/** What a file descriptor of this process points to. */
function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

describe('journal', () => {
  let dir: string;
  let path: string;
  let open: Journal[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-journal-'));
    path = join(dir, 'journal.ndjson');
    open = [];
  });
  afterEach(() => {
    for (const journal of open) journal.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const begin = () => {
    const journal = new Journal(path);
    open.push(journal);
    return journal;
  };
  const note = (text: string): Note => ({ type: 'note', text });
  const texts = () => [...readJournal(path)].map((event) => (event as JournalEvent & Note).text);
  const reading = () => {
    try {
      return [...readJournal(path)];
    } catch (error) {
      return error as FalldownError;
    }
  };

  describe('writer', () => {
    it('keeps the order and numbers the events from 1', () => {
      const journal = begin();
      for (const text of ['a', 'b', 'c']) journal.append(note(text));
      journal.close();
      const events = [...readJournal(path)];
      expect(events.map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
      expect(texts()).to.deep.equal(['a', 'b', 'c']);
      for (const { t, at } of events) {
        expect(t).to.be.within(0, 5);
        expect(Math.abs(Date.parse(at) - Date.now())).to.be.below(5_000);
      }
    });

    it('has an event in the file within a second, without being asked', async () => {
      begin().append(note('soon'));
      expect(readFileSync(path, 'utf8')).to.equal('');
      const appended = Date.now();
      await until(() => readFileSync(path, 'utf8').includes('soon'));
      expect(Date.now() - appended).to.be.below(1_000);
    });

    it('takes the time of what another process saw', () => {
      const journal = begin();
      const happened = new Date(Date.now() + 60_000).toISOString();
      const event = journal.append(note('seen elsewhere'), happened);
      expect(event.at).to.equal(happened);
      expect(event.t).to.be.closeTo(60, 1);
    });

    it('goes by how long ago that was: a clock that is set in mid-run moves nothing', () => {
      const journal = begin();
      const { now } = Date;
      try {
        Date.now = () => now() + 3_600_000;
        const event = journal.append(note('after the clock was set'), new Date(Date.now() - 2_000).toISOString());
        expect(event.t).to.be.closeTo(-2, 1);
      } finally {
        Date.now = now;
      }
    });

    it('tells once that the disk takes no more, and loses no line of it when there is room again', async () => {
      const told: unknown[] = [];
      const journal = new Journal(path, (error) => told.push(error));
      open.push(journal);
      const fd = Number(readdirSync('/proc/self/fd').find((n) => linkOf(n) === path));
      /** What the journal writes to is another file from now on. */
      const become = (file: string) => {
        closeSync(fd);
        expect(openSync(file, 'a')).to.equal(fd);
      };
      become('/dev/full');
      journal.append(note('lost?'));
      await until(() => told.length > 0);
      expect(String(told[0])).to.include('ENOSPC');
      expect(() => journal.flush()).to.throw('ENOSPC');
      become(path);
      journal.append(note('and another'));
      journal.close();
      expect(texts()).to.deep.equal(['lost?', 'and another']);
      expect(told).to.have.length(1);
    });

    it('tells its listeners until they leave', () => {
      const journal = begin();
      const heard: number[] = [];
      const leave = journal.subscribe(({ seq }) => heard.push(seq));
      journal.append(note('a'));
      leave();
      journal.append(note('b'));
      expect(heard).to.deep.equal([1]);
    });

    it('writes nothing after its end, and may be closed twice', () => {
      const journal = begin();
      journal.append(note('last'));
      journal.close();
      journal.append(note('straggler'));
      journal.flush();
      journal.close();
      expect(texts()).to.deep.equal(['last']);
    });

    it('never writes over a journal that is there', () => {
      begin().close();
      expect(() => new Journal(path)).to.throw('EEXIST');
    });
  });

  describe('reader', () => {
    const line = (text: string, seq = 1) => `${JSON.stringify({ seq, t: 0, at: '', ...note(text) })}\n`;

    it('passes over a last line that is cut off, also inside a character', () => {
      const cut = Buffer.from(line('größe', 3));
      for (const end of [1, 10, cut.indexOf(0xc3) + 1, cut.length - 2]) {
        writeFileSync(path, line('a') + line('b'));
        appendFileSync(path, cut.subarray(0, end));
        expect(texts(), `cut after ${end} bytes`).to.deep.equal(['a', 'b']);
      }
    });

    it('reads a last line that only lacks its newline', () => {
      writeFileSync(path, line('a') + line('b').trimEnd());
      expect(texts()).to.deep.equal(['a', 'b']);
    });

    it('names the file and the line of a damaged one in the middle', () => {
      writeFileSync(path, `${line('a')}{"seq":2,"t":0\n${line('c')}`);
      const error = reading();
      expect(error).to.be.instanceOf(FalldownError);
      expect(error).to.include({ code: 'JOURNAL_DAMAGED' });
      expect((error as FalldownError).message)
        .to.include(`${path}:2`)
        .and.include('{"seq":2,"t":0');
    });

    it('takes a damaged last line with its newline for damage: no cut-off leaves that', () => {
      writeFileSync(path, `${line('a')}{"seq":2,\n`);
      expect((reading() as FalldownError).message).to.include(`${path}:2`);
    });

    it('says which file it cannot read', () => {
      const error = reading();
      expect(error).to.include({ code: 'JOURNAL_UNREADABLE' });
      expect((error as FalldownError).message).to.include(path);
    });

    it('joins lines and characters that its own pieces cut in two', () => {
      // Longer than the reader's 1 MiB, with a character of three bytes everywhere.
      const long = '✓'.repeat(700_000);
      writeFileSync(path, line(long) + line(`a${long}`, 2));
      expect(texts()).to.deep.equal([long, `a${long}`]);
    });
  });

  it('writes 100,000 events and reads them all', function () {
    this.timeout(60_000);
    const journal = begin();
    const started = performance.now();
    for (let i = 0; i < 100_000; i++) {
      const state = { phase: 'Running', ready: true, priority: 0, deleting: false, node: `fake-${i % 60}`, index: i };
      journal.append({ type: 'object', op: 'modified', kind: 'Pod', ns: 'n', name: `p-${i}`, uid: `${i}`, state });
    }
    journal.close();
    const written = performance.now();
    let expected = 0;
    for (const { seq } of readJournal(path))
      expect(seq === ++expected, `seq ${seq} after ${expected - 1}`).to.equal(true);
    const read = performance.now();
    expect(expected).to.equal(100_000);
    const rate = (milliseconds: number) => Math.round(100_000 / (milliseconds / 1000)).toLocaleString('en');
    console.log(`        ${rate(written - started)} events/s written, ${rate(read - written)} events/s read`);
  });

  it('loses at most the last second when its writer is killed with -9', async () => {
    const child = spawn(process.execPath, [CHILD, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let told = '';
      child.stdout.on('data', (chunk) => {
        told += chunk;
      });
      await until(() => told.split('\n').length > 1500);
      child.kill('SIGKILL');
      const killed = Date.now();
      await once(child, 'close');
      const lines = told.trimEnd().split('\n').map(Number);
      const kept = [...readJournal(path)].length;
      // Each number told is the wall clock at which that event was appended.
      const lost = lines.filter((_, i) => i >= kept);
      expect(kept).to.be.above(100);
      expect(killed - Math.min(killed, ...lost)).to.be.below(1_000);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('has everything on disk when its process leaves right after close', async () => {
    await promisify(execFile)(process.execPath, [CHILD, path, '500']);
    expect([...readJournal(path)]).to.have.length(500);
  });
});
