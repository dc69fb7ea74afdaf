import { expect } from 'chai';
import { apiSlo } from '../../../harness/check/api-slo.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { type Asked, asked, everySecond, sampling } from '../../fixtures/journals/api.ts';

/** A phase of `seconds` in which one pod was read each second, as `how` says. */
function phaseOf(seconds: number, how: (at: number) => Omit<Asked, 'at'> = () => ({})) {
  const journal = aJournal()
    .phase('load')
    .with(sampling(['get-pod']));
  journal.with(asked('get-pod', everySecond(1, seconds, how)));
  return journal.after(Math.max(0, seconds - journal.now)).phaseEnded('load');
}

describe('the SLO of the API', () => {
  it('holds when 99 of 100 requests were answered in time', () => {
    const slow = phaseOf(201, (at) => (at === 50 || at === 60 ? { waited: 20 } : { waited: 0.8 }));
    expect(apiSlo(slow.view())).to.include({ verdict: 'holds', measured: 0.8, limit: 1, unit: 's' });
    expect(apiSlo(slow.view(), { phase: 'load' }).because).to.equal(
      'p99 of get-pod was 0.8 s of 1.0 s (200 requests in load)',
    );
  });

  it('is violated when more were slow, and names the lines', () => {
    const view = phaseOf(201, (at) => (at > 50 && at < 54 ? { waited: 20 } : {})).view();
    const finding = apiSlo(view);
    expect(finding).to.include({ verdict: 'violated', measured: 20 });
    const lines = view.api.series[0]!.samples.filter((s) => s.waited === 20).map((s) => s.seq);
    expect(finding.evidence).to.include.members(lines);
  });

  it('is violated when every request failed fast: a fast error is not good latency', () => {
    const finding = apiSlo(phaseOf(60, () => ({ waited: 0.001, code: 503 })).view());
    expect(finding).to.include({ verdict: 'violated', measured: 'no answer' });
    expect(finding.because).to.equal('p99 of get-pod was no answer, 1.0 s are promised (59 requests, 59 failed)');
  });

  it('takes what was given up for at least as slow as it was waited for', () => {
    const given = (waited: number) => phaseOf(60, (at) => (at === 40 ? { waited, censored: true } : {})).view();
    expect(apiSlo(given(90)).verdict).to.equal('violated');
    const open = apiSlo(given(0.5));
    expect(open).to.include({ verdict: 'inconclusive' });
    expect(open.because).to.include('nobody waited for the end of some of get-pod');
  });

  it('says nothing of a gap, a sampler that died, a clock that jumped, or too few requests', () => {
    const gap = aJournal()
      .phase('load')
      .with(sampling(['get-pod']));
    gap
      .with(
        asked(
          'get-pod',
          everySecond(1, 60).filter(({ at }) => at < 20 || at > 30),
        ),
      )
      .phaseEnded('load');
    expect(apiSlo(gap.view())).to.include({
      verdict: 'inconclusive',
      because: 'no get-pod was sampled from 19.0 s to 31.0 s',
    });
    const dead = phaseOf(60).entry({ type: 'sampler', part: 'sampler', op: 'stopped', reason: 'x' });
    expect(apiSlo(dead.view()).verdict).to.equal('holds');
    const early = aJournal()
      .phase('load')
      .with(sampling(['get-pod']), asked('get-pod', everySecond(1, 40)));
    early
      .entry({ type: 'sampler', part: 'sampler', op: 'stopped', reason: 'its thread failed' })
      .after(20)
      .phaseEnded('load');
    expect(apiSlo(early.view())).to.include({ verdict: 'inconclusive' });
    expect(apiSlo(early.view()).because).to.include('the sampler stopped');
    const jumped = phaseOf(60).edited((e) =>
      e.type === 'samples' && e.due.includes(30) ? { ...e, due: e.due.map((due) => due + 3600) } : e,
    );
    expect(apiSlo(jumped).because).to.include('a clock jumped');
    expect(apiSlo(jumped).verdict).to.equal('inconclusive');
    expect(apiSlo(phaseOf(8).view()).verdict).to.equal('inconclusive');
    expect(apiSlo(phaseOf(8).view(), { classes: ['get-pod'] }).because).to.include('too few');
  });

  it('is violated by what was seen, whatever was not', () => {
    const view = phaseOf(60, () => ({ waited: 3 })).cutAt((e) => e.type === 'samples' && (e.due[0] ?? 0) > 30);
    expect(apiSlo(view).verdict).to.equal('violated');
  });

  it('says nothing without samples, without a sampler, or of a phase that never was', () => {
    const none = aJournal()
      .phase('load')
      .with(sampling(['get-pod']))
      .after(60)
      .phaseEnded('load');
    expect(apiSlo(none.view())).to.include({ verdict: 'inconclusive' });
    expect(apiSlo(none.view()).because).to.match(/^no get-pod was sampled/);
    const never = aJournal().phase('load').after(60).phaseEnded('load');
    expect(apiSlo(never.view())).to.include({ verdict: 'inconclusive', because: 'API latency was not sampled' });
    expect(apiSlo(phaseOf(60).view(), { phase: 'storm' }).because).to.include('never reached the phase "storm"');
    expect(apiSlo(phaseOf(60).view(), { classes: ['list-all'] }).because).to.equal('list-all was not sampled');
    expect(apiSlo(phaseOf(60).view(), { classes: ['watch-delay'] }).because).to.include('promises nothing');
  });

  it('measures each class by its own promise, and straight, not through the gateway', () => {
    const gateway = { class: 'get-pod', via: 'gateway', everySeconds: 1 } as const;
    const journal = aJournal()
      .phase('load')
      .with(sampling(['get-pod', 'list-page', gateway]));
    journal.with(asked('get-pod', everySecond(1, 60)));
    journal.with(
      asked(
        'get-pod',
        everySecond(1, 60, () => ({ waited: 0.01, code: 504 })),
        'gateway',
      ),
    );
    journal
      .with(
        asked(
          'list-page',
          everySecond(1, 30, () => ({ waited: 25 })),
        ),
      )
      .with(asked('list-page', everySecond(30, 60)));
    journal.phaseEnded('load');
    expect(apiSlo(journal.view())).to.include({ verdict: 'holds', measured: 25, limit: 30 });
  });

  it('leaves out, and names, what is too rare to be judged', () => {
    const rare = { class: 'list-all', via: 'direct', everySeconds: 20 } as const;
    const journal = aJournal()
      .phase('load')
      .with(sampling(['get-pod', rare]), asked('get-pod', everySecond(1, 60)));
    expect(apiSlo(journal.phaseEnded('load').view())).to.include({ verdict: 'holds' });
    expect(apiSlo(journal.view()).because).to.include('too rare to be judged: list-all');
    expect(apiSlo(journal.view(), { classes: ['list-all'] }).verdict).to.equal('inconclusive');
  });
});
