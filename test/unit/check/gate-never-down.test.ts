import { expect } from '../../../harness/check/expect.ts';
import type { Finding } from '../../../harness/check/finding.ts';
import { gateNeverDown } from '../../../harness/check/gate-never-down.ts';
import type { JournalView } from '../../../harness/check/journal-view.ts';
import { REFUSED } from '../../fixtures/journals/a-journal.ts';
import { answered, drainedAway, passed, realNodes } from '../../fixtures/journals/node-incidents.ts';

const check = (view: JournalView): Finding => gateNeverDown(view, { phase: 'drain' });
const done = () => realNodes().with(passed);
const says = (finding: Finding, verdict: string, because: string) => {
  expect(finding.because).to.contain(because);
  expect(finding).to.include({ verdict });
};
const during = (change: (j: ReturnType<typeof realNodes>) => unknown) =>
  realNodes().phase('drain').with(answered, change, answered).phaseEnded('drain').view();

describe('gateNeverDown', () => {
  it('holds when a replica was ready and every probe answered, all along', () => {
    const finding = check(done().view());
    says(finding, 'holds', 'at least 1 replica stayed ready, and 8 probes got their answer');
    expect(finding).to.include({ measured: 1, limit: 1, unit: 'ready replicas' });
  });

  it('is violated when a request was refused for want of the webhook, whoever asked', () => {
    says(check(during((j) => j.probe('good', 'webhook-down'))), 'violated', 'refused 1 request: a new good pod');
    says(check(during((j) => j.event('FailedCreate', 'Job/a/b', REFUSED, 3))), 'violated', 'refused 3 requests');
  });

  it('is violated when a violating pod was let in, or no replica was ready', () => {
    says(check(during((j) => j.exposed('admitted', 'v1'))), 'violated', 'a violating pod was let in');
    says(check(realNodes().with(drainedAway).view()), 'violated', 'no gatekeeper replica was ready');
  });

  it('is inconclusive when nobody asked for a while, nobody saw, or the phase was cut off', () => {
    says(check(during((j) => j.after(9))), 'inconclusive', 'nobody was answered for 9');
    says(check(during((j) => j.probe('good', 'error').after(6))), 'inconclusive', 'nobody was answered');
    const blind = during((j) =>
      j.entry({ type: 'watch', kind: 'Pod', op: 'gap' }).entry({ type: 'watch', kind: 'EndpointSlice', op: 'gap' }),
    );
    says(check(blind), 'inconclusive', 'the Pod watch was blind');
    says(check(realNodes().view()), 'inconclusive', 'never reached "drain"');
    const cut = realNodes().phase('drain').with(answered).phaseEnded('drain', false, 'it hung');
    says(check(cut.view()), 'inconclusive', 'it hung');
  });

  it('can begin at a mark of the phase, and is inconclusive when that was never set', () => {
    const view = during((j) => j.probe('good', 'webhook-down').mark('second-trigger.injected'));
    says(check(view), 'violated', 'refused 1 request');
    says(gateNeverDown(view, { phase: 'drain', since: 'second-trigger.injected' }), 'holds', 'at least 1 replica');
    says(gateNeverDown(view, { phase: 'drain', since: 'other' }), 'inconclusive', 'never reached "other"');
  });

  it('is the word "neverLoseTheGate"', () => {
    expect(done().view()).to.neverLoseTheGate({ phase: 'drain' });
  });
});
