import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { JournalView } from '../../../harness/check/journal-view.ts';
import { measure } from '../../../harness/check/measures.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { FIRST, fannedOut, incident, preempted, steady } from '../../fixtures/journals/incident.ts';
import { RECORDED, toNdjson } from '../../fixtures/journals/write.ts';

describe('JournalView', () => {
  it('indexes phases with start, end and outcome, in order', () => {
    const view = incident().view();
    const names = view.phases.map((p) => p.phase);
    expect(names).to.deep.equal([
      'steady-state',
      'fan-out',
      'collision',
      'deadlock',
      'recovery',
      'safeguards',
      'second-collision',
      'drain',
    ]);
    expect(view.phase('deadlock')).to.include({ ok: true });
    expect(view.phase('deadlock')!.to).to.be.greaterThan(view.phase('deadlock')!.from + 50);
  });

  it('ends a phase that was cut off with the journal, and says that it did not end', () => {
    const view = aJournal().phase('drain').after(30).mark('x').view();
    expect(view.phase('drain')).to.include({ ok: undefined, to: view.end });
    expect(view.end).to.equal(30.1);
  });

  it('keeps the life of an encoding pod without its lines, and the lines of the others', () => {
    const view = aJournal().synced().with(steady, fannedOut(4), preempted).view();
    const [encoding] = view.podsOf('encoding');
    expect(encoding).to.include({ name: 'encode-0', index: 0, owner: 'encode', createdInSight: true });
    expect(encoding!.succeeded!.t).to.be.greaterThan(encoding!.first.t);
    expect(encoding!.seen).to.have.length(0);
    const [gatekeeper] = view.podsOf('gatekeeper');
    expect(gatekeeper!.seen.map((s) => s.op)).to.deep.equal(['listed', 'modified', 'deleted']);
    expect(gatekeeper!.gone!.seq).to.equal(gatekeeper!.lastSeq);
  });

  it('finds Events by reason within an interval, and drops those that prove nothing', () => {
    const view = aJournal().event('Preempted', `Pod/kyverno/${FIRST}`, 'x').event('Pulled', 'Pod/a/b', 'x').view();
    expect(view.events('Preempted').map((e) => e.seq)).to.deep.equal([1]);
    expect(view.events('Preempted', 1, 2)).to.have.length(0);
    expect(view.objects('Event')).to.have.length(1);
  });

  describe('blind', () => {
    const watch = (op: 'synced' | 'gap' | 'resumed' | 'stopped', seconds?: number) =>
      ({ type: 'watch', kind: 'Pod', op, ...(seconds === undefined ? {} : { seconds }) }) as const;

    it('is blind for a kind that never synced, and before it did', () => {
      const view = aJournal().after(5).entry(watch('synced')).view();
      expect(view.blind('Job', 6, 7)).to.equal('the Job watch never synced');
      expect(view.blind('Pod', 4, 7)).to.contain('synced only at 5.0 s');
      expect(view.blind('Pod', 5, 7)).to.equal(undefined);
    });

    it('is blind where a gap overlaps, and sees before and after it', () => {
      const view = aJournal()
        .entry(watch('synced'))
        .after(9.9)
        .entry(watch('gap'))
        .after(4.9)
        .entry(watch('resumed'))
        .view();
      expect(view.blind('Pod', 1, 10)).to.equal(undefined);
      expect(view.blind('Pod', 1, 11)).to.contain('blind from 10.0 s to 15.0 s');
      expect(view.blind('Pod', 12, 12)).to.be.a('string');
      expect(view.blind('Pod', 15, 20)).to.equal(undefined);
    });

    it('reaches back as far as the watch says that its gap lasted', () => {
      const view = aJournal().entry(watch('synced')).after(10).entry(watch('resumed', 4)).view();
      expect(view.blind('Pod', 5, 6.5)).to.be.a('string');
      expect(view.blind('Pod', 5, 6)).to.equal(undefined);
    });

    it('is blind to the end after a gap that never ended, or a stop', () => {
      for (const op of ['gap', 'stopped'] as const) {
        const view = aJournal().entry(watch('synced')).after(9.9).entry(watch(op)).after(50).mark('x').view();
        expect(view.blind('Pod', 40, 41)).to.contain('to the end');
        expect(view.watchedUntil('Pod')).to.equal(op === 'stopped' ? 10 : view.end);
      }
    });

    it('is not blind for being stopped when the run had ended, before others were', () => {
      const ended = { type: 'run.ended', how: 'completed' } as const;
      const view = aJournal().entry(watch('synced')).after(9.9).entry(ended).entry(watch('stopped')).mark('x').view();
      expect(view.end).to.equal(10);
      expect(view.blind('Pod', 5, view.end)).to.equal(undefined);
    });
  });

  for (const [name, events] of Object.entries(RECORDED)) {
    it(`reads the recorded ${name} as its builder wrote it`, () => {
      const text = readFileSync(new URL(`../../fixtures/journals/${name}`, import.meta.url), 'utf8');
      expect(text, 'stale: run test/fixtures/journals/write.ts').to.equal(toNdjson(events()));
      const view = JournalView.from(
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
      expect(measure(view)).to.deep.equal(measure(JournalView.from(events())));
    });
  }
});
