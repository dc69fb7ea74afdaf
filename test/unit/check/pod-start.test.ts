import { expect } from 'chai';
import { podStart } from '../../../harness/check/pod-start.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';

/** `count` pods that run after `seconds`; those of `slow` after 20 s more. */
function started(count: number, seconds: number, slow: number[] = []) {
  const journal = aJournal().synced().phase('load');
  const due: [number, string][] = [];
  for (let i = 0; i < count; i++) {
    journal.pod('added', `p${i}`, { role: 'encoding' });
    due.push([journal.now + seconds + (slow.includes(i) ? 20 : 0), `p${i}`]);
  }
  for (const [at, name] of due.sort((a, b) => a[0] - b[0])) {
    journal.after(Math.max(0, at - journal.now)).pod('modified', name, { phase: 'Running' });
  }
  return journal.after(10).phaseEnded('load');
}

describe('pod start', () => {
  it('holds when pods run in time', () => {
    expect(podStart(started(20, 2).view())).to.include({ verdict: 'holds', limit: 5, unit: 's' });
  });

  it('is violated when too many are late, and names them', () => {
    const finding = podStart(started(20, 2, [3]).view());
    expect(finding).to.include({ verdict: 'violated' });
    expect(finding.because).to.include('Pod/default/p3');
  });

  it('takes a pod that never ran for one that took forever', () => {
    const view = started(20, 2).edited((e) =>
      e.type === 'object' && e.name === 'p7' && 'phase' in e.state
        ? { ...e, state: { ...e.state, phase: 'Pending' } }
        : e,
    );
    expect(podStart(view).verdict).to.equal('violated');
  });

  it('says nothing of a blind watch, without pods, or of pods that had no time', () => {
    const blind = started(20, 2).blindAt('Pod', (e) => e.type === 'object' && e.name === 'p5');
    expect(podStart(blind).verdict).to.equal('inconclusive');
    expect(podStart(started(0, 2).view()).because).to.equal('no pod of encoding was made');
    const cut = started(20, 4).cutAt((e) => e.type === 'object' && e.op === 'modified');
    expect(podStart(cut).verdict).to.equal('inconclusive');
    expect(podStart(aJournal().view()).verdict).to.equal('inconclusive');
  });
});
