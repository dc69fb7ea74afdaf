import { expect } from 'chai';
import { liesOf } from '../../../harness/check/lie-seconds.ts';
import { lies, tellsTheTruth } from '../../../harness/check/lies.ts';
import { metricsTables } from '../../../harness/check/metrics-tables.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { alerted, panel, process, ruled, silenced } from '../../fixtures/journals/metrics.ts';

const REMOTE = { server: 'as-it-was', setup: 'remote-write' };
const HALF_AN_HOUR = { ...REMOTE, forSeconds: 1800 };

describe('lies: panels that show what is no longer there', () => {
  it('lie for as long as was said, within two seconds', () => {
    const view = silenced().with(panel(39)).view();
    expect(lies(view, HALF_AN_HOUR)).to.include({ verdict: 'holds', measured: 39, limit: 40 });
    expect(lies(view, { ...REMOTE, forSeconds: 0 })).to.include({ verdict: 'violated' });
    expect(lies(silenced().with(panel(30)).view(), HALF_AN_HOUR).verdict).to.equal('violated');
    expect(lies(silenced().with(panel(55)).view(), HALF_AN_HOUR).verdict).to.equal('violated');
  });

  it('lie for ever when they still do at the end', () => {
    const forEver = { ...REMOTE, forSeconds: Number.POSITIVE_INFINITY };
    expect(lies(silenced().with(panel(500)).view(), forEver)).to.include({ verdict: 'holds', limit: 'for ever' });
    expect(lies(silenced().with(panel(39)).view(), forEver).verdict).to.equal('violated');
    expect(lies(silenced().with(panel(500)).view(), HALF_AN_HOUR).verdict).to.equal('violated');
    // A lie that was watched for less than it may last is no finding.
    expect(lies(silenced().with(panel(500)).view(), { ...REMOTE, forSeconds: 7200 }).verdict).to.equal('inconclusive');
  });

  it('do not lie when `up` is 0, though it has a value', () => {
    const down = Array.from({ length: 91 }, (_, i) => (i < 20 ? 1 : 0));
    const view = silenced()
      .with(panel(0, { what: 'up', values: down }))
      .view();
    expect(lies(view, { ...REMOTE, what: 'up', forSeconds: 0 })).to.include({ verdict: 'holds', measured: 0 });
  });

  it('say nothing of an empty answer, a dead server, or a panel that was blank before', () => {
    const because = (...parts: Parameters<ReturnType<typeof silenced>['with']>) =>
      lies(
        silenced()
          .with(...parts)
          .view(),
        HALF_AN_HOUR,
      );
    expect(because(panel(39, { values: [] }))).to.include({ verdict: 'inconclusive' });
    expect(because(panel(39, { values: [] })).because).to.match(/showed nothing at all/);
    expect(because(panel(39, { values: [], reason: 'no answer' })).because).to.equal('no answer');
    expect(because(panel(-25)).because).to.match(/nothing before its source died/);
    const died = silenced().entry({ type: 'metrics.died', server: 'as-it-was', reason: 'killed' });
    expect(lies(died.with(panel(39)).view(), HALF_AN_HOUR).because).to.match(/as-it-was ended at .* killed/);
    expect(because().because).to.match(/never asked for/);
  });

  it('say nothing when the source never died, came back, or was never set up', () => {
    const other = silenced('monitoring/another').with(panel(39)).view();
    expect(lies(other, HALF_AN_HOUR)).to.include({ verdict: 'inconclusive' });
    expect(lies(other, HALF_AN_HOUR).because).to.match(/never seen to end/);
    const back = silenced().after(10).with(process('started'), panel(39)).view();
    expect(lies(back, HALF_AN_HOUR).because).to.match(/came back at 40/);
    expect(lies(aJournal().view(), HALF_AN_HOUR).verdict).to.equal('inconclusive');
  });

  it('must not last longer than a fix allows, on any panel', () => {
    const view = silenced()
      .with(panel(7), panel(7, { what: 'up' }))
      .view();
    const fixed = { server: 'as-it-was', withinSeconds: 600 };
    expect(tellsTheTruth(view, fixed)).to.include({ verdict: 'holds', measured: 7 });
    const one = silenced()
      .with(panel(7), panel(39, { what: 'up' }))
      .view();
    expect(tellsTheTruth(one, fixed)).to.include({ verdict: 'violated', measured: 39 });
    expect(tellsTheTruth(one, { ...fixed, what: 'value' }).verdict).to.equal('holds');
    const blind = silenced()
      .with(panel(7), panel(7, { what: 'up', values: [] }))
      .view();
    expect(tellsTheTruth(blind, fixed).verdict).to.equal('inconclusive');
    expect(tellsTheTruth(silenced().view(), fixed).verdict).to.equal('inconclusive');
    expect(tellsTheTruth(aJournal().view(), fixed).verdict).to.equal('inconclusive');
  });

  it('stand side by side with what the alerts did', () => {
    const view = silenced()
      .with(panel(39), ruled('Old', 'Down'), alerted('Old', 9, 39))
      .view();
    expect(liesOf(view)).to.have.length(1);
    const { tables, lines } = metricsTables(view);
    const [panels, alerts, detection] = tables;
    expect(panels?.rows).to.deep.equal([['remote-write', 'value', 40, 39, null, 1, 0]]);
    expect(alerts?.rows).to.deep.equal([
      ['Old', 'remote-write', '9.0 s, resolved itself at 39.0 s', null],
      ['Down', 'remote-write', 'never', null],
    ]);
    expect(detection?.rows).to.deep.equal([['remote-write', '9.0 s Old', null]]);
    expect(lines.join(' ')).to.match(/remote-write 39\.0 s/);
    const own = silenced('monitoring/metrics-agent', ['Mine']).with(panel(39), ruled('Old', 'Mine'), alerted('Old', 9));
    const byYours = metricsTables(own.view()).tables.at(-1);
    expect(byYours?.title).to.match(/by your rules alone/);
    expect(byYours?.rows).to.deep.equal([['remote-write', 'nobody was told', null]]);
    expect(metricsTables(aJournal().view())).to.deep.equal({ lines: [], tables: [] });
  });
});
