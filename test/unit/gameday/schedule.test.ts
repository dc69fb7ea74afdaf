import { expect } from 'chai';
import { SCENARIOS } from '../../../harness/gameday/catalogue.ts';
import { briefing } from '../../../harness/gameday/participants.ts';
import { schedule } from '../../../harness/gameday/schedule.ts';
import { newRunId } from '../../../harness/run/folder.ts';

describe('the hidden times of a game day', () => {
  const [scenario] = SCENARIOS;
  const times = (seed: number) => schedule(scenario!, 600, seed).map(({ at }) => at);

  it('are the same for the same seed, and others for another', () => {
    expect(times(7)).to.deep.equal(times(7));
    expect(times(7)).not.to.deep.equal(times(8));
  });

  it('are in the order of the scenario, in their windows, and spread over them', () => {
    const first: number[] = [];
    for (let seed = 1; seed <= 500; seed++) {
      const all = times(seed);
      expect(all).to.deep.equal(all.toSorted((a, b) => a - b));
      for (const [i, at] of all.entries()) {
        const [from, to] = scenario!.steps[i]!.between;
        expect(at).to.be.within(from * 600, to * 600);
      }
      first.push(all[0] as number);
    }
    const [from, to] = scenario!.steps[0]!.between;
    expect(Math.min(...first)).to.be.below((from + (to - from) / 10) * 600);
    expect(Math.max(...first)).to.be.above((to - (to - from) / 10) * 600);
  });
});

describe('scenarios', () => {
  for (const scenario of SCENARIOS) {
    it(`${scenario.name} is whole`, () => {
      const ids = scenario.causes.map(({ id }) => id);
      expect(ids).to.include(scenario.cause);
      expect(new Set(ids).size).to.equal(ids.length);
      expect(scenario.hints.length).to.be.above(0);
      for (const { full, none } of Object.values(scenario.pars)) expect(full).to.be.below(none);
      // What the crew reads must not give it away: but for the roles and the list of causes, which names them all.
      const folder = `/srv/${newRunId('gameday')}/participants`;
      const kubeconfigs = new Map(scenario.roles.map(({ identity }) => [identity, `${folder}/${identity}.kubeconfig`]));
      const read = briefing({ ...scenario, causes: [], roles: [] }, kubeconfigs, 'kubectl', 'http://127.0.0.1/');
      const paths = [...kubeconfigs.values()].join().replaceAll('security-team', '');
      for (const word of [
        'preempt',
        'webhook',
        'deadlock',
        'priority',
        'security',
        'starv',
        'its own',
        'let in',
        'nowhere',
      ]) {
        expect(`${read} ${paths}`.toLowerCase()).not.to.include(word);
      }
    });
  }
});
