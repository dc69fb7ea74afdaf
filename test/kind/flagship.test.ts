import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { JournalEvent } from '../../harness/journal/events.ts';
import type { ExperimentResult } from '../../reports/result.ts';
import { Falldown, type Finished } from '../e2e/falldown.ts';
import { inDocker, needsDocker } from './docker.ts';

/** The incident on real nodes, at a small scale: the same experiment, with the evidence that only kubelets and containers give. */
describe('the incident on kind', () => {
  let falldown: Falldown;
  let finished: Finished;
  let flagship: ExperimentResult;
  let journal: JournalEvent[];

  before(async function () {
    this.timeout(600_000);
    await needsDocker.call(this);
    falldown = await Falldown.make();
    // Still under way when a collision that was a false start is tried again: in a cluster at rest each try is one.
    const args = ['--pods', '1000', '--seed', '7', '--out', falldown.out];
    finished = await falldown.run(['run', 'admission-deadlock', '--on', 'kind', ...args]);
    flagship = (await falldown.result('admission-deadlock')).experiments[0] as ExperimentResult;
    const text = await readFile(join(falldown.out, 'latest', 'journal.ndjson'), 'utf8');
    journal = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JournalEvent);
  });
  after(() => falldown?.dispose());

  it('fell, and every check holds', () => {
    expect(finished.code, finished.stderr + finished.stdout).to.equal(0);
    expect(flagship.outcome).to.equal('fell');
    expect(flagship.checks.filter(({ verdict }) => verdict !== 'holds')).to.deep.equal([]);
  });

  it('shows that the scheduler preempted it, the kubelet’s Killing and the end of the container in its node', () => {
    const evidence = flagship.checks.find(({ name }) => name.startsWith('F6'))?.evidence.map((seq) => journal[seq - 1]);
    const states = evidence?.flatMap((line) => (line?.type === 'object' ? [line.state] : [])) ?? [];
    const reasons = states.flatMap((state) => ('reason' in state ? [state.reason] : []));
    expect(reasons).to.include('Killing');
    // Under a fan-out the scheduler may drop its Event; the condition that it sets on its victim stays.
    const preempted = states.some((state) => 'disruption' in state && state.disruption === 'PreemptionByScheduler');
    expect(reasons.includes('Preempted') || preempted).to.equal(true);
    const ended = evidence?.find((line) => line?.type === 'process');
    expect(ended).to.include({ op: 'exited', role: 'gatekeeper', container: 'kyverno' });
  });

  it('ran its real segments as containers, which ended by themselves', () => {
    const ends = journal.filter((e) => e.type === 'process' && e.op === 'exited' && e.role === 'encoding');
    expect(ends).to.have.length(5);
    expect(ends.every((e) => e.type === 'process' && e.exitCode === 0)).to.equal(true);
  });

  it('has the logs of the nodes, and leaves nothing behind', async () => {
    const name = journal.find((e) => e.type === 'cluster.ready')?.name ?? '';
    const kubelet = await readFile(join(falldown.out, 'latest', 'logs', `${name}-worker`, 'kubelet.log'), 'utf8');
    expect(kubelet).to.include('kubelet');
    expect(await falldown.leftovers()).to.deep.equal([]);
    expect(inDocker(name)).to.deep.equal([]);
  });
});
