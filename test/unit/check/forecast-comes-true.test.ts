import { expect } from 'chai';
import { forecastComesTrue } from '../../../harness/check/forecast-comes-true.ts';
import type { Forecast } from '../../../harness/journal/forecast.ts';
import { aJournal, type JournalBuilder } from '../../fixtures/journals/a-journal.ts';

const BATCH = 'Deployment/data/batch';
const AGENT = 'Deployment/security/agent';
const eviction = { by: AGENT, victim: BATCH, pods: 1, byPriority: 1000, victimPriority: -5, againstBudget: 0 };

function told(words: Partial<Forecast> = {}): Forecast {
  const workload = { priority: 0, preempts: true, wouldEvict: [] };
  return {
    workloads: [
      { ...workload, ref: BATCH, pods: 2, wave: 0 },
      { ...workload, ref: AGENT, pods: 1, wave: 1 },
    ],
    waves: [
      { wave: 0, comes: [BATCH], evictions: [], waiting: {}, refused: {} },
      { wave: 1, comes: [AGENT], evictions: [eviction], waiting: { [BATCH]: 1 }, refused: {} },
    ],
    certain: true,
    ...words,
  };
}

const batch = (j: JournalBuilder, n: number, words = {}) =>
  j.pod('added', `batch-5d-${n}`, { ns: 'data', role: 'service', owner: 'ReplicaSet/batch-5d', node: 'n1', ...words });
const begin = (forecast = told()) =>
  aJournal()
    .run()
    .synced()
    .entry({ type: 'forecast', forecast })
    .mark('wave.began', { wave: 0 })
    .with(
      (j) => batch(j, 1),
      (j) => batch(j, 2),
    )
    .mark('wave.settled', { wave: 0 })
    .mark('wave.began', { wave: 1 });
const evicted = (j: JournalBuilder) =>
  j
    .pod('added', 'agent-7f-1', { ns: 'security', role: 'service', owner: 'ReplicaSet/agent-7f', node: 'n1' })
    .event('Preempted', 'Pod/data/batch-5d-2', 'Preempted by pod Pod-agent-7f-1 on node n1')
    .pod('deleted', 'batch-5d-2')
    .pod('added', 'batch-5d-3', { ns: 'data', role: 'service', owner: 'ReplicaSet/batch-5d', reason: 'Unschedulable' });
const settled = (j: JournalBuilder) => j.mark('wave.settled', { wave: 1 });

describe('forecast comes true', () => {
  it('holds when every wave went as forecast', () => {
    const finding = forecastComesTrue(begin().with(evicted, settled).view());
    expect(finding).to.include({ verdict: 'holds', measured: 2, limit: 2, unit: 'waves' });
  });

  it('is not about the harness’s own pods: the one that is only there to be read waits for ever', () => {
    const ours = (j: JournalBuilder) => j.pod('added', 'read-x', { ns: 'falldown-sampler', role: 'sampled' });
    expect(forecastComesTrue(begin().with(ours, evicted, settled).view())).to.include({ verdict: 'holds' });
  });

  it('is violated, with both sides, when somebody else was evicted', () => {
    const other = told();
    other.waves[1]!.evictions = [{ ...eviction, victim: 'Deployment/shop/web' }];
    const finding = forecastComesTrue(begin(other).with(evicted, settled).view());
    expect(finding).to.include({ verdict: 'violated', measured: 1 });
    expect(finding.because).to.include(`${AGENT} → Deployment/shop/web: forecast 1, watched 0`);
    expect(finding.because).to.include(`${AGENT} → ${BATCH}: forecast 0, watched 1`);
  });

  it('is violated when nobody was evicted, and when somebody was whom nobody expected', () => {
    expect(forecastComesTrue(begin().with(settled).view()).verdict).to.equal('violated');
    const nobody = told();
    nobody.waves[1] = { ...nobody.waves[1]!, evictions: [] };
    expect(forecastComesTrue(begin(nobody).with(evicted, settled).view()).verdict).to.equal('violated');
  });

  it('is violated when another number waits or is refused', () => {
    const waits = told();
    waits.waves[1] = { ...waits.waves[1]!, waiting: {} };
    expect(forecastComesTrue(begin(waits).with(evicted, settled).view()).because).to.include(
      `waiting ${BATCH}: forecast 0, watched 1`,
    );
    const quota = told();
    quota.waves[1] = { ...quota.waves[1]!, refused: { [AGENT]: 2 } };
    quota.workloads[1]!.pods = 3;
    expect(forecastComesTrue(begin(quota).with(evicted, settled).view()).verdict).to.equal('holds');
    quota.workloads[1]!.pods = 4;
    expect(forecastComesTrue(begin(quota).with(evicted, settled).view()).because).to.include(
      `refused ${AGENT}: forecast 2, watched 3`,
    );
  });

  it('is inconclusive when the forecast itself was not certain', () => {
    const unsure = told({ certain: false, doubt: 'two nodes would do' });
    const finding = forecastComesTrue(begin(unsure).with(settled).view());
    expect(finding.verdict).to.equal('inconclusive');
    expect(finding.because).to.include('two nodes would do').and.include('watched 0');
    expect(forecastComesTrue(begin(unsure).with(evicted, settled).view()).verdict).to.equal('holds');
  });

  it('is inconclusive without a forecast, with one made afterwards, and for a wave that was cut off', () => {
    expect(forecastComesTrue(aJournal().run().view()).verdict).to.equal('inconclusive');
    const late = aJournal()
      .run()
      .synced()
      .mark('wave.began', { wave: 1 })
      .entry({ type: 'forecast', forecast: told() });
    expect(forecastComesTrue(late.view()).because).to.include('after the first wave had begun');
    expect(forecastComesTrue(begin().with(evicted).view()).because).to.include('never reached');
  });

  it('is inconclusive when pods or events were out of sight', () => {
    for (const kind of ['Pod', 'Event'] as const) {
      const view = begin()
        .with(evicted, settled)
        .blindAt(kind, (e) => e.type === 'object' && e.kind === 'Event');
      expect(forecastComesTrue(view).verdict, kind).to.equal('inconclusive');
    }
  });
});
