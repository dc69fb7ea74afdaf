import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recordFinding } from '../../../harness/check/collect.ts';
import type { Finding } from '../../../harness/check/finding.ts';
import { holds, inconclusive, violated } from '../../../harness/check/verdicts.ts';
import { findExperiment } from '../../../harness/cli/catalog.ts';
import type { RunEnded } from '../../../harness/journal/events.ts';
import { evaluate } from '../../../harness/run/evaluate.ts';
import type { Experiment } from '../../../harness/run/script.ts';
import type { ExperimentResult } from '../../../reports/result.ts';
import { JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { toNdjson } from '../../fixtures/journals/write.ts';
import { serveOurselves } from './serve-ourselves.ts';

const RECORDED = new URL('../../fixtures/journals/self-admission.ndjson', import.meta.url);

describe('evaluate', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-evaluate-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const experiment = (...findings: Finding[]): Experiment => ({
    name: 'mine',
    title: 'Mine',
    facts: ['F1'],
    needs: ['embedded'],
    profile: 'p',
    typicalSeconds: 1,
    steps: [],
    checks: findings.map((finding, i) => ({ name: `check ${i}`, facts: [], body: () => recordFinding(finding) })),
  });
  const ended = (how: RunEnded['how'], reason?: string) => (journal: JournalBuilder) =>
    journal.entry({ type: 'run.ended', how, ...(reason === undefined ? {} : { reason }) });
  const started = (journal: JournalBuilder) => journal.phase('steady-state').phaseEnded('steady-state');
  const evaluated = (write: (journal: JournalBuilder) => unknown, of: Experiment): ExperimentResult => {
    const journal = new JournalBuilder().run();
    write(journal);
    const path = join(dir, 'journal.ndjson');
    writeFileSync(path, toNdjson(journal.events()));
    const result = evaluate(path, of);
    expect(result.verdict).to.equal(result.experiments[0]?.verdict);
    return result.experiments[0]!;
  };

  it('merges the checks of a run that came to its end', () => {
    const all = (...findings: Finding[]) =>
      evaluated((j) => j.with(started, ended('completed')), experiment(...findings));
    expect(all(holds('a', []), holds('b', []))).to.include({ verdict: 'holds', reason: 'all 2 checks hold' });
    expect(all(holds('a', []), inconclusive('blind'))).to.include({ verdict: 'inconclusive', reason: 'blind' });
    expect(all(inconclusive('blind'), violated('it fell', []))).to.include({ verdict: 'violated', reason: 'it fell' });
    expect(all()).to.include({ verdict: 'inconclusive', reason: 'nothing was checked' });
  });

  it('lets the checks speak when the method did not see what it waited for', () => {
    const write = (j: JournalBuilder) => j.with(started, ended('stopped', 'timed out waiting for the eviction'));
    expect(evaluated(write, experiment(violated('it never fell', [])))).to.include({
      verdict: 'violated',
      reason: 'it never fell',
    });
    expect(evaluated(write, experiment(inconclusive('never reached')))).to.include({
      verdict: 'inconclusive',
      reason: 'timed out waiting for the eviction',
    });
  });

  const cutOff: [string, (journal: JournalBuilder) => unknown, RunEnded['how'], string][] = [
    ['interrupted', ended('interrupted', 'stopped by SIGINT'), 'interrupted', 'stopped by SIGINT'],
    ['cut off by its deadline', ended('deadline', 'not done within the 5 s'), 'deadline', 'not done within the 5 s'],
    ['broken', ended('error', 'the API server went away'), 'error', 'the API server went away'],
    ['interrupted without a reason', ended('interrupted'), 'interrupted', 'the run was interrupted'],
    ['cut off by a deadline without a reason', ended('deadline'), 'deadline', 'the run met its deadline'],
    ['broken without a reason', ended('error'), 'error', 'the run broke'],
    ['killed', () => undefined, 'interrupted', 'the harness stopped without a word'],
  ];
  for (const [what, write, how, reason] of cutOff) {
    it(`never calls a run that was ${what} violated, and says what happened`, () => {
      const late = violated('the queue never drained', [3], { measured: 1, limit: 2 });
      const one = evaluated((j) => j.with(started, write), experiment(holds('yes', [2]), late, inconclusive('blind')));
      expect(one).to.include({ verdict: 'inconclusive', reason });
      expect(one.ended?.how).to.equal(how);
      expect(one.checks.map(({ verdict }) => verdict)).to.deep.equal(['holds', 'inconclusive', 'inconclusive']);
      expect(one.checks[1]).to.deep.include({ evidence: [3], measured: 1, limit: 2 });
      expect(one.checks[1]?.because).to.include(reason).and.include('the queue never drained');
      expect(one.checks[2]?.because).to.equal('blind');
    });

    it(`does not call a run that was ${what} held, though every check holds so far`, () => {
      const one = evaluated((j) => j.with(started, write), experiment(holds('yes', [2])));
      expect(one).to.include({ verdict: 'inconclusive', reason });
    });

    it(`says what happened to a run that was ${what} before there was anything to check`, () => {
      const one = evaluated(write, experiment(violated('nothing there', [])));
      expect(one).to.include({ verdict: 'inconclusive', reason });
      expect(one.checks).to.deep.equal([]);
    });
  }

  it('says why a run that saw no steady state was stopped', () => {
    const reason = 'timed out waiting for the policy to be accepted';
    const one = evaluated(ended('stopped', reason), experiment(holds('x', [])));
    expect(one).to.include({ verdict: 'inconclusive', reason });
  });

  it('finds no violation in any beginning of a recorded run that held', async function () {
    this.timeout(60_000);
    serveOurselves();
    const flagship = await findExperiment('admission-deadlock');
    const lines = readFileSync(RECORDED, 'utf8').trimEnd().split('\n');
    const path = join(dir, 'journal.ndjson');
    writeFileSync(path, lines.join('\n'));
    expect(evaluate(path, flagship).verdict).to.equal('holds');
    for (let kept = 1; kept < lines.length; kept++) {
      writeFileSync(path, lines.slice(0, kept).join('\n'));
      const { verdict, experiments } = evaluate(path, flagship);
      expect(verdict, `after ${kept} lines`).to.equal('inconclusive');
      const wrong = experiments[0]?.checks.filter((check) => check.verdict === 'violated');
      expect(wrong, `after ${kept} lines`).to.deep.equal([]);
    }
  });
});
