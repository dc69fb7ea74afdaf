import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { JournalEvent, ProcessChanged } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { followProcessLog } from '../../../harness/observe/process-log.ts';
import { until } from '../../until.ts';

describe('followProcessLog', () => {
  let dir: string;
  let path: string;
  let journal: Journal;
  let seen: (JournalEvent & ProcessChanged)[];
  let stop: () => void;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-process-log-'));
    path = join(dir, 'processes.ndjson');
    journal = new Journal(join(dir, 'journal.ndjson'));
    seen = [];
    journal.subscribe((event) => seen.push(event as JournalEvent & ProcessChanged));
    stop = async () => undefined;
  });
  afterEach(async () => {
    await stop();
    journal.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const line = (pid: number, output = '') =>
    `${JSON.stringify({ at: '2026-01-01T00:00:00.000Z', type: 'process', op: 'exited', pod: 'n/p', container: 'c', pid, output })}\n`;

  it('takes over what is there and what comes, with the agent’s own times', async () => {
    writeFileSync(path, line(1));
    stop = followProcessLog(path, journal);
    await until(() => seen.length === 1);
    appendFileSync(path, line(2));
    await until(() => seen.length === 2);
    expect(seen.map(({ pid, at }) => [pid, at])).to.deep.equal([
      [1, '2026-01-01T00:00:00.000Z'],
      [2, '2026-01-01T00:00:00.000Z'],
    ]);
  });

  it('waits for a file that is not there yet, and for the rest of a line', async () => {
    stop = followProcessLog(path, journal);
    const whole = line(1);
    writeFileSync(path, whole.slice(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(seen).to.have.length(0);
    appendFileSync(path, whole.slice(20));
    await until(() => seen.length === 1);
  });

  it('reads all of the rest when it stops, however long, and keeps characters whole', async () => {
    writeFileSync(path, '');
    stop = followProcessLog(path, journal);
    const output = '✓'.repeat(1000);
    const lines = Array.from({ length: 400 }, (_, i) => line(i, output));
    writeFileSync(path, lines.join(''));
    await stop();
    stop = async () => undefined;
    expect(seen.map(({ pid }) => pid)).to.deep.equal(lines.map((_, i) => i));
    expect(new Set(seen.map((s) => s.output))).to.deep.equal(new Set([output]));
  });

  it('says in the journal which line it could not read, and goes on', async () => {
    writeFileSync(path, `${line(1)}{"at": broken}\n${line(2)}`);
    stop = followProcessLog(path, journal);
    await until(() => seen.length === 3);
    expect(seen.map(({ type }) => type)).to.deep.equal(['process', 'note', 'process']);
    expect(JSON.stringify(seen[1])).to.include(`${path}:2`);
  });
});
