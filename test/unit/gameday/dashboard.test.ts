import { expect } from 'chai';
import { Dashboard } from '../../../harness/gameday/dashboard.ts';
import { aJournal, type JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { ready } from './a-game.ts';

const READY = 'Gatekeeper replicas ready';

function fed(j: JournalBuilder, staleSeconds = 1800): Dashboard {
  const dashboard = new Dashboard(staleSeconds);
  for (const event of j.events()) dashboard.see(event);
  return dashboard;
}
const panel = (dashboard: Dashboard, t: number, name = READY) => dashboard.at(t).find((p) => p.name === name);

describe('the crew’s dashboards', () => {
  it('keep the last value of a source that is silent, while the truth is that there is none', () => {
    const j = aJournal();
    for (const count of [2, 0, 0]) ready(j, count).after(20);
    expect(panel(fed(j), j.now)).to.include({ shown: 2, truth: null });
  });

  it('have no data once the value is older than they keep it', () => {
    const j = aJournal();
    for (const count of [1, 0]) ready(j, count);
    expect(panel(fed(j, 60), j.now + 50)).to.include({ shown: 1 });
    expect(panel(fed(j, 60), j.now + 70)).to.include({ shown: null });
  });

  it('have no data before there was any', () => {
    expect(panel(fed(aJournal().run()), 1)).to.include({ shown: null, truth: null });
  });

  it('tell the truth of what is there to be asked', () => {
    const j = aJournal()
      .pod('added', 'e1', { role: 'encoding' })
      .pod('modified', 'e1', { role: 'encoding', phase: 'Running' });
    expect(panel(fed(j), j.now, 'Encoding pods running')).to.include({ shown: 1, truth: 1 });
  });

  it('are found out afterwards: for how long each lied, and what it said', () => {
    const j = aJournal();
    for (const count of [1, 0, 1]) ready(j, count).after(20);
    j.mark('x');
    const [lie] = fed(j).lies;
    expect(lie).to.deep.include({ panel: READY, said: 1 });
    expect(lie?.seconds).to.be.closeTo(20.1, 0.2);
    expect(fed(ready(aJournal(), 1).after(50).mark('x')).lies).to.deep.equal([]);
  });
});
