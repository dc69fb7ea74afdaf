import { expect } from 'chai';
import { fires, resolvesItself, staysQuiet } from '../../../harness/check/alerts.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { alerted, panel, ruled, silenced } from '../../fixtures/journals/metrics.ts';

const OLD = { server: 'as-it-was', alert: 'Old', setup: 'remote-write' };
const TEN_MINUTES = { ...OLD, withinSeconds: 600 };

describe('alerts on metrics that lie', () => {
  it('fire in time, late, or never', () => {
    const view = silenced().with(panel(39), ruled('Old'), alerted('Old', 10)).view();
    expect(fires(view, TEN_MINUTES)).to.include({ verdict: 'holds', measured: 10 });
    expect(staysQuiet(view, OLD)).to.include({ verdict: 'violated', measured: 10 });
    const late = silenced().with(panel(39), ruled('Old'), alerted('Old', 20)).view();
    expect(fires(late, TEN_MINUTES).verdict).to.equal('violated');
    const never = silenced().with(panel(39), ruled('Old')).view();
    expect(fires(never, TEN_MINUTES)).to.include({ verdict: 'violated', measured: 'never' });
    expect(staysQuiet(never, OLD).verdict).to.equal('holds');
  });

  it('resolve themselves while nothing is repaired, or go on', () => {
    const gone = silenced()
      .with(panel(39), ruled('Old'), alerted('Old', 10, 39))
      .view();
    expect(resolvesItself(gone, OLD)).to.include({ verdict: 'holds', measured: 39 });
    const on = silenced().with(panel(39), ruled('Old'), alerted('Old', 10)).view();
    expect(resolvesItself(on, OLD).verdict).to.equal('violated');
    expect(resolvesItself(silenced().with(panel(39), ruled('Old')).view(), OLD).verdict).to.equal('violated');
  });

  it('say nothing when they fired before, or their rule was not evaluated', () => {
    const before = silenced().with(panel(39), ruled('Old'), alerted('Old', -10)).view();
    expect(fires(before, TEN_MINUTES)).to.include({ verdict: 'inconclusive' });
    expect(fires(before, TEN_MINUTES).because).to.match(/fired before/);
    const sick = silenced()
      .entry({
        type: 'alert-rules',
        server: 'as-it-was',
        rules: [{ alert: 'Old', health: 'err', error: 'many-to-many' }],
      })
      .with(panel(39))
      .view();
    expect(staysQuiet(sick, OLD)).to.include({ verdict: 'inconclusive' });
    expect(staysQuiet(sick, OLD).because).to.match(/many-to-many/);
    const unknown = silenced().with(panel(39), ruled('Other')).view();
    expect(staysQuiet(unknown, OLD).because).to.match(/has no alert "Old"/);
  });

  it('say nothing when the server was never asked, did not answer, or died', () => {
    expect(staysQuiet(silenced().with(panel(39)).view(), OLD).verdict).to.equal('inconclusive');
    const mute = silenced()
      .with(panel(39), ruled('Old'), alerted('', 0, 0, { values: [], reason: 'no answer' }))
      .view();
    expect(staysQuiet(mute, OLD)).to.include({ verdict: 'inconclusive', because: 'no answer' });
    const died = silenced().entry({ type: 'metrics.died', server: 'as-it-was', reason: 'killed' });
    expect(staysQuiet(died.with(panel(39), ruled('Old')).view(), OLD).verdict).to.equal('inconclusive');
    expect(fires(aJournal().view(), TEN_MINUTES).verdict).to.equal('inconclusive');
    expect(resolvesItself(aJournal().view(), OLD).verdict).to.equal('inconclusive');
    // Without a panel nobody knows for how long it was watched.
    expect(staysQuiet(silenced().with(ruled('Old')).view(), OLD).verdict).to.equal('inconclusive');
  });
});
