import { expect } from 'chai';
import type { JournalView } from '../../../harness/check/journal-view.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { asked, everySecond, sampling } from '../../fixtures/journals/api.ts';

const blind = (view: JournalView, from: number, to: number) => view.api.blind(view.api.series[0]!, from, to);

describe('the record of the API sampler', () => {
  const good = () => aJournal().with(sampling(['get-pod']), asked('get-pod', everySecond(0, 30)));

  it('saw all of a time in which a request was due each second', () => {
    expect(blind(good().view(), 0, 30)).to.equal(undefined);
  });

  it('has samples in the order in which they were due, whatever the order of their answers', () => {
    const journal = aJournal().with(sampling(['get-pod']), asked('get-pod', [{ at: 1, waited: 9 }, { at: 0 }]));
    expect(journal.view().api.series[0]?.samples.map((s) => s.due)).to.deep.equal([0, 1]);
  });

  it('is blind in a gap, before the first request and after the last', () => {
    const requests = everySecond(5, 30).filter(({ at }) => at < 12 || at > 18);
    const view = aJournal()
      .with(sampling(['get-pod']), asked('get-pod', requests))
      .view();
    expect(blind(view, 6, 12)).to.equal(undefined);
    expect(blind(view, 6, 25)).to.equal('no get-pod was sampled from 11.0 s to 19.0 s');
    expect(blind(view, 0, 11)).to.equal('no get-pod was sampled from 0.0 s to 5.0 s');
    expect(blind(view, 20, 40)).to.equal('no get-pod was sampled from 29.0 s to 40.0 s');
    expect(blind(view, 40, 50)).to.equal('no get-pod was sampled from 40.0 s to 50.0 s');
  });

  it('knows that rare requests are rare', () => {
    const rare = { class: 'list-all', via: 'direct', everySeconds: 10 } as const;
    const view = aJournal()
      .with(sampling([rare]), asked('list-all', [{ at: 0 }, { at: 10 }, { at: 20 }]))
      .view();
    expect(blind(view, 0, 40)).to.equal(undefined);
    expect(blind(view, 0, 60)).to.include('from 20.0 s to 60.0 s');
  });

  it('asks nothing of requests that follow others but that there are some', () => {
    const follows = { class: 'watch-delay', via: 'direct', everySeconds: null } as const;
    const view = aJournal()
      .with(sampling([follows]), asked('watch-delay', [{ at: 20 }]))
      .view();
    expect(blind(view, 0, 40)).to.equal(undefined);
    expect(blind(view, 30, 40)).to.include('no watch-delay');
  });

  it('is blind once the sampler died, not when it was stopped', () => {
    const stopped = { type: 'sampler', part: 'sampler', op: 'stopped' } as const;
    expect(blind(good().entry(stopped).view(), 0, 30)).to.equal(undefined);
    const dead = aJournal().with(sampling(['get-pod']), asked('get-pod', everySecond(0, 10)));
    dead.entry({ ...stopped, reason: 'its thread failed' });
    expect(blind(dead.view(), 0, 10.5)).to.equal('the sampler stopped at 9.1 s: its thread failed');
  });

  it('is blind around a clock that jumps', () => {
    const alive = (wallSeconds: number) => ({ type: 'sampler', part: 'sampler', op: 'alive', wallSeconds }) as const;
    const journal = aJournal().with(sampling(['get-pod']), asked('get-pod', everySecond(0, 10)));
    journal
      .entry(alive(1000))
      .with(asked('get-pod', everySecond(10, 15)))
      .entry(alive(1005));
    expect(blind(journal.view(), 0, 14)).to.equal(undefined);
    journal.with(asked('get-pod', everySecond(15, 20))).entry(alive(4610));
    expect(blind(journal.view(), 0, 10)).to.equal(undefined);
    expect(blind(journal.view(), 10, 19)).to.match(/^a clock jumped by 3600\.\d s at 19\.\d s$/);
  });

  it('takes no sample for true that ended before it began, or after it was told', () => {
    const edit = (due: number, waited: number) =>
      good().edited((e) =>
        e.type === 'samples' && e.due[0] === 20
          ? { ...e, due: [due, ...e.due.slice(1)], waited: [waited, ...e.waited.slice(1)] }
          : e,
      );
    expect(blind(edit(20, 0.5), 0, 30)).to.equal(undefined);
    expect(blind(edit(20, 500), 0, 30)).to.include('a clock jumped by 496.0 s');
    expect(blind(edit(20, -3), 0, 30)).to.include('a clock jumped');
  });
});
