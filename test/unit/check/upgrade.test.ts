import { expect } from '../../../harness/check/expect.ts';
import type { Finding } from '../../../harness/check/finding.ts';
import type { JournalView } from '../../../harness/check/journal-view.ts';
import { keepAReplica } from '../../../harness/check/keep-a-replica.ts';
import { keepTheRules } from '../../../harness/check/keep-the-rules.ts';
import { letNothingIn } from '../../../harness/check/let-nothing-in.ts';
import { refuseAtMost } from '../../../harness/check/refuse-at-most.ts';
import { stayUnderLoad } from '../../../harness/check/stay-under-load.ts';
import { takeOver } from '../../../harness/check/take-over.ts';
import { aJournal, type JournalBuilder, type KINDS, REFUSED } from '../../fixtures/journals/a-journal.ts';
import { anUpgrade, second, upgrading } from '../../fixtures/journals/an-upgrade.ts';

const phase = 'upgrade';
const says = (finding: Finding, verdict: string, because: string) => {
  expect(finding.because).to.contain(because);
  expect(finding).to.include({ verdict });
};
const during = (step: (j: JournalBuilder) => unknown) => anUpgrade(step).view();
const gap = (kind: (typeof KINDS)[number]) => during((j) => j.entry({ type: 'watch', kind, op: 'gap' }));
/** The phase is cut off before it ended. */
const cut = () => upgrading().phaseEnded(phase, false, 'it hung').view();

describe('an upgrade of the gatekeeper', () => {
  it('that went well holds in every word', () => {
    const view = anUpgrade().view();
    expect(view).to.takeOver();
    expect(view).to.refuseAtMost({ phase });
    expect(view).to.letNothingIn({ phase });
    expect(view).to.keepTheRules({ phase });
    expect(view).to.keepAReplica({ phase });
    expect(view).to.stayUnderLoad({ phase });
  });

  it('is inconclusive in every word when the phase was cut off, or never came', () => {
    const checkers: ((view: JournalView) => Finding)[] = [
      (view) => refuseAtMost(view, { phase }),
      (view) => letNothingIn(view, { phase }),
      (view) => keepTheRules(view, { phase }),
      (view) => keepAReplica(view, { phase }),
      (view) => stayUnderLoad(view, { phase }),
    ];
    for (const check of checkers) {
      says(check(cut()), 'inconclusive', 'it hung');
      says(
        check(anUpgrade().cutAt((e) => e.type === 'phase.started' && e.phase === phase)),
        'inconclusive',
        'never reached',
      );
    }
  });

  describe('takeOver', () => {
    it('is violated when helm was refused, the pods were not replaced, or by something else', () => {
      const refused = anUpgrade().edited((e) =>
        e.type === 'mark' && e.name === 'upgrade.applied'
          ? { ...e, name: 'upgrade.refused', data: { message: 'Error: UPGRADE FAILED' } }
          : e,
      );
      says(takeOver(refused), 'violated', 'helm upgrade was refused: Error: UPGRADE FAILED');
      const stuck = upgrading().phaseEnded(phase, false, 'timed out').entry({ type: 'run.ended', how: 'stopped' });
      says(takeOver(stuck.view()), 'violated', 'did not take over: timed out');
      const old = anUpgrade().edited((e) =>
        e.type === 'mark' && e.name === 'upgrade.rolled-out' ? { ...e, data: { images: 'k:v1.18.2, k:v1.19.1' } } : e,
      );
      says(takeOver(old), 'violated', 'not every pod runs 1.19.1');
      says(takeOver(anUpgrade().view(), { withinSeconds: 1 }), 'violated', 'it took');
    });

    it('is inconclusive when the run was cut off', () => {
      says(takeOver(upgrading().view()), 'inconclusive', 'never reached "upgrade.rolled-out"');
      says(
        takeOver(anUpgrade().cutAt((e) => e.type === 'mark' && e.name === 'upgrade.enforcing')),
        'inconclusive',
        'the run ended',
      );
    });
  });

  describe('refuseAtMost', () => {
    it('holds when a request was refused and the next one answered, and says so', () => {
      const finding = refuseAtMost(
        during((j) => j.probe('good', 'webhook-down')),
        { phase },
      );
      says(finding, 'holds', '1 request refused (a new good pod)');
    });

    it('is violated when nobody got through for longer', () => {
      const closed = during((j) => j.probe('good', 'webhook-down').after(1).probe('good', 'webhook-down').after(1.5));
      const finding = refuseAtMost(closed, { phase });
      says(finding, 'violated', 'the gate was closed for up to');
      expect(finding.measured).to.be.above(2);
      says(
        refuseAtMost(
          during((j) => j.event('FailedCreate', 'Job/a/b', REFUSED, 3).after(3)),
          { phase },
        ),
        'violated',
        '3 requests',
      );
    });

    it('is inconclusive when the phase ends with a refusal after which nobody was answered', () => {
      const open = upgrading().probe('good', 'webhook-down').after(0.5).phaseEnded(phase);
      says(refuseAtMost(open.view(), { phase }), 'inconclusive', 'nobody was answered after that');
      const later = upgrading()
        .probe('good', 'webhook-down')
        .after(0.5)
        .phaseEnded(phase)
        .after(30)
        .probe('good', 'admitted');
      says(refuseAtMost(later.view(), { phase }), 'violated', 'the gate was closed for up to 30.');
    });

    it('is inconclusive when nobody asked, or Events were out of sight', () => {
      says(
        refuseAtMost(
          during((j) => j.after(9)),
          { phase },
        ),
        'inconclusive',
        'nobody was answered for',
      );
      says(refuseAtMost(gap('Event'), { phase }), 'inconclusive', 'Event watch was blind');
    });
  });

  describe('letNothingIn', () => {
    it('is violated by a pod that was really made, and by a dry-run', () => {
      says(
        letNothingIn(
          during((j) => j.exposed('admitted', 'v1')),
          { phase },
        ),
        'violated',
        '1 really made (Pod/default/v1)',
      );
      says(
        letNothingIn(
          during((j) => j.probe('violating', 'admitted')),
          { phase },
        ),
        'violated',
        'all of them dry-runs',
      );
    });

    it('is inconclusive when nobody tried', () => {
      says(
        letNothingIn(
          during((j) => j.after(9)),
          { phase },
        ),
        'inconclusive',
        'nobody tried',
      );
    });
  });

  describe('keepTheRules', () => {
    it('is violated while no webhook on pods is registered, though nothing was refused and nobody was let in', () => {
      const open = during((j) => j.webhooks('deleted', 'webhooks-1').after(2).webhooks('added', 'webhooks-2'));
      const finding = keepTheRules(open, { phase });
      says(finding, 'violated', 'no webhook on pods was registered for 2.1 s');
      expect(finding).to.include({ measured: 2.1, limit: 0, unit: 's' });
    });

    it('is inconclusive when there was none to begin with, or the watch was blind', () => {
      const none = anUpgrade().without((e) => e.type === 'object' && e.kind === 'ValidatingWebhookConfiguration');
      says(keepTheRules(none, { phase }), 'inconclusive', 'to begin with');
      says(keepTheRules(gap('ValidatingWebhookConfiguration'), { phase }), 'inconclusive', 'out of sight');
    });
  });

  describe('keepAReplica', () => {
    it('is violated for the seconds without a ready one', () => {
      const finding = keepAReplica(
        during((j) => j.endpoints(0).after(3).endpoints(1)),
        { phase },
      );
      says(finding, 'violated', 'no replica was ready for 3.1 s');
      expect(finding).to.include({ measured: 3.1, unit: 's' });
    });

    it('counts the seconds of a replica that was away before the phase began', () => {
      const j = aJournal().run().synced().webhooks('listed', 'w1').endpoints(1).after(1).endpoints(0).after(20);
      const view = j.phase(phase).after(30).endpoints(1).after(5).phaseEnded(phase).view();
      const finding = keepAReplica(view, { phase });
      says(finding, 'violated', 'no replica was ready for 30');
      expect(finding.measured).to.be.closeTo(30, 0.5);
    });

    it('is inconclusive when neither endpoints nor pods were in sight', () => {
      const blind = during((j) =>
        j.entry({ type: 'watch', kind: 'Pod', op: 'gap' }).entry({ type: 'watch', kind: 'EndpointSlice', op: 'gap' }),
      );
      says(keepAReplica(blind, { phase }), 'inconclusive', 'cannot be told');
    });
  });

  describe('stayUnderLoad', () => {
    it('is inconclusive, and not violated, when no pods were made for a while', () => {
      says(
        stayUnderLoad(
          during((j) => j.after(11)),
          { phase },
        ),
        'inconclusive',
        'without load the phase proves little',
      );
      says(stayUnderLoad(gap('Pod'), { phase }), 'inconclusive', 'out of sight');
    });

    it('does not hold a closed gate against the load', () => {
      const closed = during((j) => j.after(6).probe('good', 'webhook-down').after(6).with(second(9)));
      says(stayUnderLoad(closed, { phase }), 'holds', 'pods were made');
    });
  });
});
