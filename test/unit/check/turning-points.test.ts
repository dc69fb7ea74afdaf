import { expect } from 'chai';
import { turningPoints } from '../../../harness/check/turning-points.ts';
import { FIRST, incident } from '../../fixtures/journals/incident.ts';
import { blocked, drainedAway, HOG, pressed, realNodes } from '../../fixtures/journals/node-incidents.ts';

describe('turningPoints', () => {
  it('say who was preempted', () => {
    expect(turningPoints(incident().view()).evicted).to.include({ pod: FIRST, how: 'preemption' });
  });

  it('say whom the kubelet evicted, and for whom', () => {
    expect(turningPoints(realNodes().with(pressed('gatekeeper')).view()).evicted).to.deep.equal({
      pod: FIRST,
      how: 'node-pressure',
      by: HOG,
      priority: 0,
      byPriority: 1e9,
    });
  });

  it('say that a drain took it away, and nothing of one that was refused', () => {
    expect(turningPoints(realNodes().with(drainedAway).view()).evicted).to.deep.equal({ pod: FIRST, how: 'drain' });
    expect(turningPoints(realNodes().with(blocked(30)).view())).not.to.have.property('evicted');
  });

  it('tell what came first', () => {
    const view = realNodes().with(drainedAway, pressed('gatekeeper', 'later')).view();
    expect(turningPoints(view).evicted).to.include({ how: 'drain' });
  });
});
