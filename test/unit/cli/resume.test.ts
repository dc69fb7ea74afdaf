import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import type { RunEnded } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { MATRIX_PLANNED, planMatrix } from '../../../harness/run/plan-matrix.ts';
import { JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { toNdjson } from '../../fixtures/journals/write.ts';
import { falldown } from './falldown.ts';

const RUN = '20260101T000000Z-recovery-race-00ab12';

describe('run --resume', function () {
  this.timeout(30_000);
  let out: string;
  let dir: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'falldown-resume-'));
    dir = join(out, RUN);
    mkdirSync(join(dir, 'manifests'), { recursive: true });
    const { profile } = loadProfile({ profile: 'recovery-race' });
    writeFileSync(join(dir, 'manifests', 'profile.yaml'), stringify(profile));
    write('.', 'interrupted', (j) => j.mark(MATRIX_PLANNED, { cells: 'delete-job,wait', leftOut: 'add-nodes' }));
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));

  const write = (folder: string, how?: RunEnded['how'], more: (j: JournalBuilder) => unknown = () => 0) => {
    const journal = new JournalBuilder().run();
    more(journal);
    if (how !== undefined) journal.entry({ type: 'run.ended', how });
    const events = journal
      .events()
      .map((e) => (e.type === 'run.started' ? { ...e, runId: RUN, experiment: 'recovery-race' } : e));
    mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, folder, 'journal.ndjson'), toNdjson(events));
  };
  const resume = (...args: string[]) => falldown(['run', '--resume', '00ab12', '--out', out, '--dry-run', ...args]);

  it('keeps the cells that were finished, and runs those that were cut off or never begun', async () => {
    write('cells/delete-job', 'completed');
    write('cells/wait', undefined);
    const { code, stdout } = await resume();
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/cells {6}1 cell, about 1 min on 2 cores, each/)
      .and.include(`kept       delete-job, from ${RUN}`);
    expect(stdout).to.match(/^ {4}wait +wait$/m);
  });

  it('has nothing to go on with when all cells are finished', async () => {
    write('cells/delete-job', 'completed');
    write('cells/wait', 'stopped');
    const { code, stderr } = await resume();
    expect(code).to.equal(2);
    expect(stderr).to.include('(RESUME_DONE)');
  });

  it('refuses to go on with something else than was begun', async () => {
    for (const args of [['--pods', '5'], ['--workloads', 'mine'], ['--seed', '99'], ['--on', 'kind'], ['starvation']]) {
      const { code, stderr } = await resume(...args);
      expect(code, stderr).to.equal(2);
      expect(stderr, args.join(' ')).to.match(/RESUME_DIFFERS|EXPERIMENT_DIFFERS|EXPERIMENT_UNKNOWN/);
    }
  });

  it('takes the journals of finished cells over, and says whose they are', () => {
    write('cells/delete-job', 'completed');
    const fresh = join(out, 'fresh');
    mkdirSync(fresh);
    const journal = new Journal(join(fresh, 'journal.ndjson'));
    const resumed = { runId: RUN, dir, cells: ['delete-job'] };
    planMatrix({ cells: [], selected: ['delete-job', 'wait'], leftOut: [], resumed }, fresh, journal);
    journal.close();
    const copy = join('cells', 'delete-job', 'journal.ndjson');
    expect(readFileSync(join(fresh, copy), 'utf8')).to.equal(readFileSync(join(dir, copy), 'utf8'));
    expect(existsSync(join(fresh, 'cells', 'wait'))).to.equal(false);
    const [line] = readFileSync(join(fresh, 'journal.ndjson'), 'utf8').split('\n');
    expect(JSON.parse(line!).data).to.include({ cells: 'delete-job,wait', resumed: RUN, kept: 'delete-job' });
  });
});
