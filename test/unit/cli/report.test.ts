import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Result } from '../../../reports/result.ts';
import { alive, falldown, Home } from './falldown.ts';

const RECORDED = new URL('../../fixtures/journals/self-admission.ndjson', import.meta.url);
const LINES = readFileSync(RECORDED, 'utf8').trimEnd().split('\n');

describe('report', function () {
  this.timeout(20_000);
  let out: string;
  let run: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'falldown-report-'));
    run = join(out, '20260101T000000Z-admission-deadlock-00ab12');
    mkdirSync(run);
    cpSync(RECORDED, join(run, 'journal.ndjson'));
    symlinkSync('20260101T000000Z-admission-deadlock-00ab12', join(out, 'latest'));
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));

  const report = (name: string, ...args: string[]) => falldown(['report', name, '--out', out, ...args]);
  const journal = (lines: string[], tail = '') => writeFileSync(join(run, 'journal.ndjson'), lines.join('\n') + tail);
  const written = () => JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')) as Result;

  for (const [how, name] of [
    ['latest', () => 'latest'],
    ['a part of the id', () => '00ab12'],
    ['the id', () => '20260101T000000Z-admission-deadlock-00ab12'],
    ['a path', () => run],
  ] as [string, () => string][]) {
    it(`finds the run by ${how}`, async () => {
      const { code, stdout } = await report(name());
      expect(code).to.equal(0);
      expect(stdout).to.include(run);
    });
  }

  it('rebuilds every report, twice the same', async () => {
    expect((await report('latest')).code).to.equal(0);
    const files = ['result.json', 'report.html', 'summary.md', 'junit.xml', 'metrics.txt'];
    const first = files.map((file) => readFileSync(join(run, file), 'utf8'));
    for (const file of files) writeFileSync(join(run, file), 'stale');
    expect((await report('latest')).code).to.equal(0);
    expect(files.map((file) => readFileSync(join(run, file), 'utf8'))).to.deep.equal(first);
    expect(written().experiments[0]?.checks).to.have.length.above(5);
  });

  it('prints result.json with -o json, and nothing else', async () => {
    const { stdout, stderr } = await report('latest', '-o', 'json');
    expect(stdout).to.equal(readFileSync(join(run, 'result.json'), 'utf8'));
    expect(stderr).to.equal('');
  });

  it('exits with 1 when the journal shows a violation', async () => {
    // The way out was open to the on-call engineer too: what F13 denies.
    const refused = (line: string) => line.includes('"infra-oncall"') && line.includes('"delete-rules"');
    expect(LINES.filter(refused)).to.have.length(1);
    journal(LINES.map((line) => (refused(line) ? line.replace('"code":403', '"code":200') : line)));
    expect((await report('latest')).code).to.equal(1);
    expect(written().verdict).to.equal('violated');
  });

  for (const kept of [2, 20, 30, 60, 94]) {
    it(`calls a journal that was cut off after ${kept} lines interrupted and inconclusive`, async () => {
      journal(LINES.slice(0, kept), '\n{"seq":99,"t":1');
      expect((await report('latest')).code).to.equal(3);
      const [experiment] = written().experiments;
      expect(experiment).to.include({ verdict: 'inconclusive', reason: 'the harness stopped without a word' });
      expect(experiment?.ended?.how).to.equal('interrupted');
    });
  }

  it('says when a journal has no beginning', async () => {
    journal([]);
    const { code, stderr } = await report('latest');
    expect(code).to.equal(2);
    expect(stderr).to.include('JOURNAL_EMPTY');
    expect(existsSync(join(run, 'result.json'))).to.equal(false);
  });

  describe('of a run with a ledger', () => {
    let home: Home;
    let runId: string;
    beforeEach(() => {
      home = new Home();
      runId = JSON.parse(LINES[0] as string).runId;
    });
    afterEach(() => home.close());

    it('refuses while the run is going, and writes nothing', async () => {
      home.ledger('c', { runId, title: 'run admission-deadlock', owner: alive() });
      const { code, stdout, stderr } = await report('latest');
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.include('RUN_STILL_GOING').and.include(runId).and.include(`pid ${process.pid}`);
      expect(existsSync(join(run, 'result.json'))).to.equal(false);
    });

    for (const [what, more] of [
      ['whose maker is dead', {}],
      ['that was kept, though its maker goes on with another', { owner: alive(), keep: true }],
      ['while another is going', { owner: alive(), runId: 'another' }],
    ] as const) {
      it(`reports a run ${what}`, async () => {
        home.ledger('c', { runId, ...more });
        expect(await report('latest')).to.include({ code: 0, stderr: '' });
      });
    }
  });

  describe('of a user’s own experiment', () => {
    let own: string;
    beforeEach(() => {
      own = join(out, 'mine.spec.ts');
      const meta =
        "{ title: 'Mine', facts: [], needs: ['embedded'], profile: 'as-in-the-incident', typicalSeconds: 1 }";
      const check =
        "check('F6 it was taken away', (journal) => expect(journal).to.showPreemption({ of: 'gatekeeper' }))";
      writeFileSync(
        own,
        `import { expect, experiment } from 'falldown';\nexperiment('mine', ${meta}, ({ check }) => { ${check}; });\n`,
      );
      journal(LINES.map((line) => line.replace('"experiment":"admission-deadlock"', '"experiment":"mine"')));
    });

    it('asks for its file', async () => {
      const { code, stderr } = await report('latest');
      expect(code).to.equal(2);
      expect(stderr).to.include('--experiment FILE');
    });

    it('takes the checks from its file', async () => {
      const { code, stderr } = await report('latest', '--experiment', own);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(written().experiments[0]?.checks.map((check) => check.name)).to.deep.equal(['F6 it was taken away']);
    });

    it('refuses the checks of another experiment', async () => {
      cpSync(RECORDED, join(run, 'journal.ndjson'));
      const { code, stderr } = await report('latest', '--experiment', own);
      expect(code).to.equal(2);
      expect(stderr).to.include('EXPERIMENT_DIFFERS');
    });
  });
});
