import { expect } from 'chai';
import { boomerangTables, boomerangValues } from '../../../harness/check/boomerang-tables.ts';
import { cleanUpRefused, comesBack, podsHeld, schedulerLoaded, staysAway } from '../../../harness/check/clean-ups.ts';
import { neverSettles, settles } from '../../../harness/check/settling.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { type JournalBuilder, REFUSED } from '../../fixtures/journals/a-journal.ts';
import {
  gone,
  idle,
  job,
  over,
  pods,
  refused,
  threeSegments,
  told,
  watched,
  wave,
} from '../../fixtures/journals/clean-up.ts';

const ALL = { asked: 3, accepted: 3 };
const NONE = { asked: 3, accepted: 0 };
const deleted = () => threeSegments().with(wave('delete-pods', ALL, told('first'), gone('first')));
/** Everything that was deleted is made anew. */
const back = () => deleted().with(idle(0), pods('second'), idle(7), over, watched(3));
/** No gatekeeper: evictions are accepted, and nothing comes of them. */
const stuck = () => threeSegments().with(wave('evict-pods', ALL, told('first')), over);
const stock = (held: number) => (j: JournalBuilder) => j.mark('stock.taken', { pods: 3, terminating: held, held });
const freeing =
  (code: number, message = '') =>
  (j: JournalBuilder) =>
    j.request('platform-admin', 'remove-finalizer', 'Pod/encoding/first-0', code, { message });
const added = (event: JournalEvent) => event.type === 'object' && event.kind === 'Pod' && event.name === 'second-1';

describe('clean-ups', () => {
  describe('comeBack', () => {
    it('holds when every pod that was removed was made again', () => {
      expect(comesBack(back().view())).to.include({ verdict: 'holds', measured: 3, limit: 3 });
    });

    it('is violated when one was not', () => {
      expect(comesBack(back().without(added))).to.include({ verdict: 'violated', measured: 2, limit: 3 });
    });

    it('is inconclusive when nothing was removed, when the pods were not in sight, and when it was cut off', () => {
      const none = threeSegments().with(wave('delete-pods', NONE, refused), over, watched(1));
      expect(comesBack(none.view()).verdict).to.equal('inconclusive');
      expect(comesBack(back().blindAt('Pod', added)).verdict).to.equal('inconclusive');
      expect(comesBack(deleted().view()).verdict).to.equal('inconclusive');
    });
  });

  describe('stayAway', () => {
    const away = () =>
      threeSegments().with(
        wave('delete-job-background', { asked: 1, accepted: 1 }, told('first'), gone('first'), job({}, 'deleted')),
      );
    it('holds when nothing is made any more', () => {
      expect(staysAway(away().with(over, watched(3)).view())).to.include({ verdict: 'holds', measured: 0 });
    });

    it('is violated when a pod comes', () => {
      const one = away().with(pods('second', 1), over, watched(3));
      expect(staysAway(one.view())).to.include({ verdict: 'violated', measured: 1 });
    });

    it('is inconclusive when the clean-up was refused', () => {
      const none = threeSegments().with(wave('delete-job-background', NONE, refused), over, watched(1));
      expect(staysAway(none.view()).verdict).to.equal('inconclusive');
    });
  });

  describe('refuseTheCleanUp', () => {
    const asked = (answer: typeof ALL, ...does: ((j: JournalBuilder) => unknown)[]) =>
      cleanUpRefused(
        threeSegments()
          .with(wave('delete-pods', answer, ...does), over, watched(1))
          .view(),
      );
    it('holds when all was refused for want of the webhook', () => {
      expect(asked(NONE, refused)).to.include({ verdict: 'holds', measured: 0 });
    });

    it('is violated when something was accepted, or refused by somebody else', () => {
      expect(asked({ asked: 3, accepted: 1 }, refused).verdict).to.equal('violated');
      expect(asked(NONE, (j) => j.request('infra-oncall', 'delete-pods', 'Pod/a/b', 403)).verdict).to.equal('violated');
    });

    it('is inconclusive when nothing was asked', () => {
      expect(asked({ asked: 0, accepted: 0 }).verdict).to.equal('inconclusive');
    });
  });

  describe('holdThePods', () => {
    const held = (...does: ((j: JournalBuilder) => unknown)[]) =>
      podsHeld(
        stuck()
          .with(...does, watched(1))
          .view(),
      );
    it('holds when none could go, and the webhook lets nobody take the finalizer off', () => {
      expect(held(stock(3), freeing(500, REFUSED))).to.include({ verdict: 'holds', measured: 3 });
    });

    it('is violated when one could go, was let go of, or could be freed', () => {
      expect(held(gone('first'), stock(0)).verdict).to.equal('violated');
      expect(held(stock(2), freeing(500, REFUSED)).verdict).to.equal('violated');
      expect(held(stock(3), freeing(200)).verdict).to.equal('violated');
    });

    it('is inconclusive when nobody counted them, or tried', () => {
      expect(held().verdict).to.equal('inconclusive');
      expect(held(stock(3)).verdict).to.equal('inconclusive');
    });
  });

  describe('loadTheScheduler', () => {
    it('holds when its own count has an attempt for each pod that came back', () => {
      expect(schedulerLoaded(back().view())).to.include({ verdict: 'holds', measured: 7, limit: 3 });
    });

    it('is violated when it counts fewer', () => {
      const few = back().edited((e) =>
        e.type === 'scheduler'
          ? { ...e, attempts: { ...e.attempts, scheduled: Math.min(e.attempts.scheduled, 2) } }
          : e,
      );
      expect(schedulerLoaded(few)).to.include({ verdict: 'violated', measured: 2 });
    });

    it('is inconclusive when its metrics were not read all along', () => {
      expect(schedulerLoaded(back().without((e) => e.type === 'scheduler')).verdict).to.equal('inconclusive');
      const late = deleted().with(pods('second'), (j) => j.after(8), idle(7), over, watched(3));
      expect(schedulerLoaded(late.view()).verdict).to.equal('inconclusive');
    });
  });

  describe('settle', () => {
    it('holds from when the last pod that was wanted came, and says how long that took', () => {
      const found = settles(back().view(), { withinSeconds: 30 });
      expect(found).to.include({ verdict: 'holds' });
      expect(found.measured).to.be.within(0.2, 1);
    });

    it('counts from the end of the rules, where somebody deleted them', () => {
      const late = stuck().with((j) => j.after(20).mark('rules.deleted'), gone('first'), pods('second'), watched(3));
      expect(settles(late.view(), { withinSeconds: 30 }).measured).to.be.below(2);
    });

    it('is violated when it is late, and when something is still owed', () => {
      const late = deleted().with((j) => j.after(9), pods('second'), over, watched(3));
      expect(settles(late.view(), { withinSeconds: 5 }).verdict).to.equal('violated');
      expect(settles(stuck().with(watched(31)).view(), { withinSeconds: 30 }).verdict).to.equal('violated');
    });

    it('is inconclusive when it was not watched for so long, or not in sight', () => {
      expect(settles(stuck().with(watched(3)).view(), { withinSeconds: 30 }).verdict).to.equal('inconclusive');
      expect(settles(back().blindAt('Job', added), { withinSeconds: 30 }).verdict).to.equal('inconclusive');
    });

    it('knows what a Job wants that was suspended, gave up, or left its pods behind', () => {
      const ends = [job({ suspended: true }), job({ gaveUp: 'BackoffLimitExceeded' }), job({}, 'deleted')];
      for (const end of ends) {
        expect(settles(deleted().with(end, over, watched(3)).view(), { withinSeconds: 30 }).verdict).to.equal('holds');
        const stay = threeSegments().with(wave('suspend-job', { asked: 1, accepted: 1 }), end, over, watched(31));
        expect(settles(stay.view(), { withinSeconds: 30 }).verdict, 'its pods stayed').to.equal('violated');
      }
      const orphans = threeSegments().with(
        wave('delete-job-orphan', { asked: 1, accepted: 1 }, job({}, 'deleted')),
        over,
        watched(3),
      );
      expect(settles(orphans.view(), { withinSeconds: 30 }).verdict).to.equal('holds');
    });
  });

  describe('neverSettle', () => {
    it('holds when something was owed all the time', () => {
      expect(neverSettles(stuck().with(watched(12)).view(), { forSeconds: 10 }).verdict).to.equal('holds');
    });

    it('is violated when it healed by itself', () => {
      const healed = stuck().with((j) => j.after(3), gone('first'), pods('second'), watched(9));
      expect(neverSettles(healed.view(), { forSeconds: 10 }).verdict).to.equal('violated');
    });

    it('is inconclusive when it was not watched for so long', () => {
      expect(neverSettles(stuck().with(watched(2)).view(), { forSeconds: 10 }).verdict).to.equal('inconclusive');
    });
  });

  it('give numbers and tables; what was not measured is null', () => {
    const values = boomerangValues(back().view());
    expect(values).to.include({
      removedPods: 3,
      cameBackPods: 3,
      schedulingAttempts: 7,
      backOffGrowth: null,
      heldByFinalizer: null,
    });
    expect(boomerangValues(deleted().view())).to.deep.equal({});
    const { lines, tables } = boomerangTables([{ name: 'pods-deleted', values } as never]);
    expect(lines[0]).to.match(/^pods-deleted: 3 of 3 pods came back/);
    expect(tables.map(({ rows }) => rows.length)).to.deep.equal([1, 1, 1]);
  });
});
