import { expect } from 'chai';
import type { Pod } from '../../../harness/scheduling/pod.ts';
import { type Budget, preempt } from '../../../harness/scheduling/preempt.ts';
import { node, pod } from './situation.ts';

const agent = (words: Partial<Pod> = {}) => pod('agent', { priority: 100, cpu: 500, ...words });
const protect = (app: string, minAvailable: number | string): Budget => ({
  namespace: 'shop',
  selector: { matchLabels: { app } },
  minAvailable,
});
function victims(
  incoming: Pod,
  on: Record<string, Pod[]>,
  budgets: Budget[] = [],
  nodes = Object.keys(on).map((n) => node(n)),
) {
  const found = preempt(incoming, nodes, new Map(Object.entries(on)), budgets);
  return (
    found && {
      node: found.node.name,
      victims: found.victims.map((p) => p.workload.split('/').at(-1)),
      broken: found.againstBudget.size,
    }
  );
}

describe('preemption, by the rules of the scheduler', () => {
  it('takes the lowest priority first', () => {
    const there = [pod('low', { cpu: 400, priority: 1 }), pod('mid', { cpu: 400, priority: 50, started: 1 })];
    expect(victims(agent(), { n1: there })).to.deep.equal({ node: 'n1', victims: ['low'], broken: 0 });
  });

  it('takes as few as it must: whoever still fits is let back in, the more important first', () => {
    const there = [
      pod('a', { cpu: 300, priority: 3 }),
      pod('b', { cpu: 300, priority: 2 }),
      pod('c', { cpu: 300, priority: 1 }),
      pod('d', { cpu: 100, priority: 0 }),
    ];
    // a comes back (300), b would make 1100, c too; d fits beside a.
    expect(victims(agent(), { n1: there })?.victims).to.deep.equal(['b', 'c']);
  });

  it('never takes equals or betters', () => {
    const there = [pod('equal', { cpu: 600, priority: 100 })];
    expect(victims(agent(), { n1: there })).to.equal(undefined);
    expect(victims(agent(), { n1: [...there, pod('low', { cpu: 400 })] })).to.equal(undefined);
  });

  it('takes nobody with preemptionPolicy Never', () => {
    expect(victims(agent({ preempts: false }), { n1: [pod('low', { cpu: 900 })] })).to.equal(undefined);
  });

  it('takes nobody where it could not run anyway', () => {
    const tainted = node('n1', { taints: [{ key: 'dedicated', value: 'gatekeeper', effect: 'NoSchedule' }] });
    const there = { n1: [pod('low', { cpu: 900 })] };
    expect(victims(agent(), there, [], [tainted])).to.equal(undefined);
    const tolerations = [{ key: 'dedicated', operator: 'Exists' }];
    expect(victims(agent({ tolerations }), there, [], [tainted])?.victims).to.deep.equal(['low']);
    expect(victims(agent({ nodeSelector: { disk: 'ssd' } }), there)).to.equal(undefined);
  });

  it('of equals it takes the younger', () => {
    const there = [pod('old', { cpu: 500, started: 1 }), pod('young', { cpu: 500, started: 2 })];
    expect(victims(agent(), { n1: there })?.victims).to.deep.equal(['young']);
  });

  it('spares what a budget protects, as long as others will do', () => {
    const there = [pod('covered', { cpu: 500, started: 2 }), pod('bare', { cpu: 500, started: 1 })];
    expect(victims(agent(), { n1: there })?.victims).to.deep.equal(['covered']);
    expect(victims(agent(), { n1: there }, [protect('covered', 1)]))
      .to.include({ broken: 0 })
      .and.deep.include({ victims: ['bare'] });
  });

  it('spares a protected pod even before a more important one without a budget', () => {
    const there = [pod('covered', { cpu: 500, priority: 1 }), pod('bare', { cpu: 500, priority: 50 })];
    expect(victims(agent(), { n1: there }, [protect('covered', 1)])?.victims).to.deep.equal(['bare']);
  });

  it('breaks a budget when nothing else will do: it is best effort', () => {
    const there = [pod('covered', { cpu: 900 })];
    expect(victims(agent(), { n1: there }, [protect('covered', 1)])).to.deep.equal({
      node: 'n1',
      victims: ['covered'],
      broken: 1,
    });
  });

  it('counts a budget down: two replicas, one of which may go', () => {
    const there = [pod('covered', { cpu: 450, started: 1 }), pod('covered', { cpu: 450, started: 2 })];
    const both = victims(agent({ cpu: 1000 }), { n1: there }, [protect('covered', 1)]);
    expect(both).to.deep.equal({ node: 'n1', victims: ['covered', 'covered'], broken: 1 });
    expect(victims(agent({ cpu: 1000 }), { n1: there }, [protect('covered', '50%')])).to.include({ broken: 1 });
    expect(victims(agent({ cpu: 1000 }), { n1: there }, [{ ...protect('covered', 1), namespace: 'other' }])).to.include(
      { broken: 0 },
    );
  });

  describe('on several nodes', () => {
    it('prefers the node where no budget breaks, even for a more important victim', () => {
      const on = { n1: [pod('covered', { cpu: 900 })], n2: [pod('bare', { cpu: 900, priority: 50 })] };
      expect(victims(agent(), on, [protect('covered', 1)])).to.include({ node: 'n2' });
      expect(victims(agent(), on)).to.include({ node: 'n1' });
    });

    it('then the node whose most important victim is least important, then the smaller sum, then the fewer', () => {
      const low = (n: string, priority: number, cpu: number) => pod(n, { cpu, priority });
      expect(victims(agent(), { n1: [low('a', 5, 900)], n2: [low('b', 4, 450), low('c', 4, 450)] })).to.include({
        node: 'n2',
      });
      // The same highest priority; a negative one beside it still costs more than nothing.
      const on = { n1: [low('a', 5, 450), low('b', -5, 450)], n2: [low('c', 5, 900)] };
      expect(victims(agent({ cpu: 1000 }), on)).to.include({ node: 'n2' });
    });

    it('then the one whose victims started last', () => {
      const on = { n1: [pod('old', { cpu: 900, started: 1 })], n2: [pod('young', { cpu: 900, started: 2 })] };
      expect(victims(agent(), on)?.victims).to.deep.equal(['young']);
    });
  });

  it('minds required anti-affinity by host', () => {
    const apart = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'rival' } } },
        ],
      },
    };
    const there = [pod('rival', { cpu: 100 }), pod('low', { cpu: 100 })];
    expect(victims(agent({ affinity: apart }), { n1: there })?.victims).to.deep.equal(['rival']);
    const stays = [pod('rival', { cpu: 100, priority: 200 }), pod('low', { cpu: 900 })];
    expect(victims(agent({ affinity: apart }), { n1: stays })).to.equal(undefined);
  });
});
