import { expect } from 'chai';
import { measure } from '../../../harness/check/measures.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { asked, everySecond, sampling } from '../../fixtures/journals/api.ts';

describe('API measures', () => {
  it('give latency per class and route, with timeouts as waited for and errors only counted', () => {
    const requests = [
      ...everySecond(0, 99, (at) => ({ waited: (at + 1) / 100 })),
      { at: 99, waited: 90, censored: true },
      { at: 100, waited: 0.001, code: 503 },
    ];
    const journal = aJournal().with(sampling(['get-pod']), asked('get-pod', requests));
    journal.with(asked('get-pod', [{ at: 101, waited: 60, code: 504 }], 'gateway'));
    const nothing = { p50: null, p95: null, p99: null, max: null };
    expect(measure(journal.view()).api).to.deep.equal({
      'get-pod': { count: 101, errors: 1, timeouts: 1, p50: 0.5, p95: 0.95, p99: 0.99, max: 90 },
      'get-pod@gateway': { count: 1, errors: 1, timeouts: 0, ...nothing },
    });
  });

  it('give them per phase as well, by when a request was due', () => {
    const journal = aJournal()
      .with(sampling(['get-pod']))
      .phase('before');
    journal
      .with(asked('get-pod', everySecond(1, 4)))
      .after(5 - journal.now)
      .phaseEnded('before')
      .phase('stall');
    journal
      .with(asked('get-pod', [{ at: 6, waited: 5 }]))
      .phaseEnded('stall')
      .phase('nothing')
      .phaseEnded('nothing');
    const { apiByPhase } = measure(journal.view());
    expect(Object.keys(apiByPhase)).to.deep.equal(['before', 'stall']);
    expect(apiByPhase.before?.['get-pod']).to.include({ count: 3, max: 0.005 });
    expect(apiByPhase.stall?.['get-pod']).to.include({ count: 1, max: 5 });
  });

  it('say what sampling cost, and null when nobody said', () => {
    const journal = aJournal().with(sampling(['get-pod']));
    expect(measure(journal.view()).sampler).to.equal(null);
    const alive = { type: 'sampler', op: 'alive', wallSeconds: 1 } as const;
    journal.entry({ ...alive, part: 'sampler', cpuSeconds: 0.5, eventLoopDelayP99: 0.02, latenessP99: 0.001 });
    journal.entry({ ...alive, part: 'sampler', cpuSeconds: 0.7, eventLoopDelayP99: 0.01, latenessP99: 0.003 });
    journal.entry({ ...alive, part: 'gateway', cpuSeconds: 0.2, eventLoopDelayP99: 0.5, latenessP99: 0 });
    expect(measure(journal.view()).sampler).to.deep.equal({
      cpuSeconds: 0.7,
      gatewayCpuSeconds: 0.2,
      eventLoopDelayP99: 0.02,
      worstEventLoopDelayP99: 0.02,
      latenessP99: 0.003,
      realTime: false,
    });
    journal.entry({
      ...alive,
      part: 'sampler',
      realTime: true,
      eventLoopDelayP99: 0.001,
      overallEventLoopDelayP99: 0.015,
    });
    const overall = { eventLoopDelayP99: 0.015, worstEventLoopDelayP99: 0.02, realTime: true };
    expect(measure(journal.view()).sampler).to.include(overall);
  });
});
