import { expect } from 'chai';
import { deadlockChain } from '../../../harness/check/deadlock-chain.ts';
import { deletesRefused } from '../../../harness/check/deletes-refused.ts';
import { exposure } from '../../../harness/check/exposure.ts';
import type { Finding } from '../../../harness/check/finding.ts';
import type { JournalView } from '../../../harness/check/journal-view.ts';
import { noSelfHealing } from '../../../harness/check/no-self-healing.ts';
import { outcome } from '../../../harness/check/outcome.ts';
import { preemption } from '../../../harness/check/preemption.ts';
import { recoveryNeedsAdmin } from '../../../harness/check/recovery-needs-admin.ts';
import { safeguardsHold } from '../../../harness/check/safeguards-hold.ts';
import { steadyState } from '../../../harness/check/steady-state.ts';
import { turningPoints } from '../../../harness/check/turning-points.ts';
import { unwinding } from '../../../harness/check/unwinding.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { moments } from '../../../harness/recording/moments.ts';
import { FIRST, incident } from '../../fixtures/journals/incident.ts';
import { incidentAtTheSecondTry } from '../../fixtures/journals/second-try.ts';

const CHECKERS: [string, (view: JournalView) => Finding][] = [
  ['F8', steadyState],
  ['F6 F7', preemption],
  ['F9', deadlockChain],
  ['F11', deletesRefused],
  ['F12', noSelfHealing],
  ['F13', recoveryNeedsAdmin],
  ['F14', unwinding],
  ['F15', exposure],
  ['F16', safeguardsHold],
];
const discounted = (e: JournalEvent) => e.type === 'mark' && e.name === 'trigger.discounted';
const verdicts = (view: JournalView) => CHECKERS.map(([fact, check]) => `${fact} ${check(view).verdict}`);

describe('a collision that was taken back and tried again', () => {
  it('counts for nothing: every check holds as if it had not been', () => {
    const view = incidentAtTheSecondTry().view();
    expect(verdicts(view)).to.deep.equal(verdicts(incident().view()));
    expect(verdicts(view)).to.deep.equal(CHECKERS.map(([fact]) => `${fact} holds`));
    expect(outcome(view)).to.equal('fell');
    expect(preemption(view).because).to.include(FIRST);
    expect(turningPoints(view).evicted?.pod).to.equal(FIRST);
  });

  it('is told as a turning point', () => {
    const told = moments(incidentAtTheSecondTry().view()).map(({ what }) => what);
    expect(told.filter((what) => what.startsWith('the trigger was taken back'))).to.have.length(1);
    expect(told.filter((what) => what === 'the trigger is in place')).to.have.length(1);
  });

  it('would be the verdict, had it not been taken back', () => {
    const view = incidentAtTheSecondTry().without(discounted);
    expect(verdicts(view)).to.include('F6 F7 violated');
  });
});
