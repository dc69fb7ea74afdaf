import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CheckResult, ExperimentResult } from '../../reports/result.ts';
import { Falldown, type Finished } from './falldown.ts';

/** The incident at a small scale, and its other shape, both at once on one machine. */
describe('the incident, end to end', () => {
  let falldown: Falldown;
  let deadlock: Finished;
  let starvation: Finished;
  let flagship: ExperimentResult;

  before(async function () {
    this.timeout(300_000);
    falldown = await Falldown.make();
    const args = ['--pods', '150', '--seed', '7', '--out', falldown.out];
    [deadlock, starvation] = await Promise.all([
      falldown.run(['run', 'admission-deadlock', ...args]),
      falldown.run(['run', 'starvation', ...args, '-o', 'json']),
    ]);
    flagship = (await falldown.result('admission-deadlock')).experiments[0] as ExperimentResult;
  });
  after(() => falldown.dispose());

  const check = (start: string): CheckResult => {
    const found = flagship.checks.find((c) => c.name.startsWith(start));
    if (found === undefined) throw new Error(`no check starts with ${start}`);
    return found;
  };

  it('two runs at once both hold', () => {
    expect(deadlock.code, deadlock.stderr + deadlock.stdout).to.equal(0);
    expect(starvation.code, starvation.stderr + starvation.stdout).to.equal(0);
  });

  it('the cluster fell, and every check holds', () => {
    expect(flagship.outcome).to.equal('fell');
    expect(flagship.checks.map((c) => `${c.name}: ${c.verdict}`)).to.deep.equal(
      flagship.checks.map((c) => `${c.name}: holds`),
    );
  });

  it('the evidence of the eviction is the scheduler’s event and a killed process', async () => {
    const lines = await journalLines();
    const shown = check('F6').evidence.map((seq) => lines[seq - 1]);
    expect(shown.some((line) => line?.type === 'object' && line.state?.reason === 'Preempted')).to.equal(true);
    expect(shown.some((line) => line?.type === 'process' && line.op === 'exited')).to.equal(true);
  });

  it('every pod was made, requests were refused and deletions among them, and nothing healed', () => {
    const m = flagship.measures;
    expect(m.podsCreated).to.be.at.least(150);
    expect(m.refusedRequests).to.be.above(0);
    expect(m.refusedDeletes).to.be.at.least(2);
    expect(m.selfHealed).to.equal(false);
    expect(m.holdSeconds).to.be.at.least(45);
    expect(m.segmentsLost).to.equal(0);
  });

  it('infra on-call met a 403, the platform admin did not', () => {
    const tries = flagship.story?.attempts?.filter((a) => a.intent === 'delete-rules') ?? [];
    expect(tries.find((a) => a.actor === 'infra-oncall')?.code).to.equal(403);
    expect(tries.find((a) => a.actor === 'platform-admin')?.code).to.equal(200);
  });

  it('each step of the unwinding has its time, and the exposure is counted', () => {
    const m = flagship.measures;
    expect(m.unwinding.map((u) => u.step)).to.include.members([
      'first pod admitted',
      'gatekeeper ready',
      'gate enforcing',
    ]);
    expect(m.unwinding.every((u) => u.seconds >= 0)).to.equal(true);
    expect(m.exposureSeconds).to.be.above(0);
    expect(m.violatingPodsAdmitted).to.be.at.least(1);
    expect(m.violatingPodsLeft).to.equal(m.violatingPodsAdmitted);
  });

  it('with the safeguards nothing was refused and the gatekeeper kept its minimum', () => {
    const safe = flagship.measures.safeguarded;
    expect(safe?.refusedRequests).to.equal(0);
    expect(safe?.minReadyReplicas).to.be.at.least(safe?.requiredReplicas ?? Number.POSITIVE_INFINITY);
  });

  it('the starvation shape ends differently and says so', () => {
    const { verdict, experiments } = JSON.parse(starvation.stdout);
    expect(verdict).to.equal('holds');
    expect(experiments[0].outcome).to.equal('limped');
    expect(experiments[0].measures.selfHealed).to.equal(true);
  });

  it('writes its reports, and checks the recording again with the same verdict', async function () {
    this.timeout(30_000);
    for (const file of [
      'result.json',
      'summary.md',
      'junit.xml',
      'metrics.txt',
      'ledger.json',
      'manifests/profile.yaml',
    ]) {
      const text = await readFile(join(falldown.out, deadlockFolder(), file), 'utf8');
      expect(text, file).to.have.length.above(100);
    }
    const again = await falldown.run(['report', deadlockFolder(), '--out', falldown.out, '-o', 'json']);
    expect(again.code).to.equal(0);
    expect(JSON.parse(again.stdout).experiments[0]).to.deep.equal(flagship);
  });

  it('leaves nothing behind', async () => {
    expect(await falldown.leftovers()).to.deep.equal([]);
  });

  const deadlockFolder = () => /→ (.*admission-deadlock-\w+)/.exec(deadlock.stderr)?.[1]?.split('/').at(-1) ?? '';

  async function journalLines(): Promise<{ type: string; op?: string; state?: { reason?: string } }[]> {
    const text = await readFile(join(falldown.out, deadlockFolder(), 'journal.ndjson'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
});
