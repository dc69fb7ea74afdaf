import { expect } from 'chai';
import { forecast } from '../../../harness/scheduling/forecast.ts';
import { node, situation, workload } from './situation.ts';

const ref = (name: string) => `Deployment/shop/${name}`;
const late = { wave: 1 };
const brief = (f: ReturnType<typeof forecast>) =>
  f.waves.flatMap(({ evictions }) =>
    evictions.map((e) => `${e.by} ${e.pods} × ${e.victim}`.replaceAll('Deployment/shop/', '')),
  );

describe('forecast', () => {
  it('says who is evicted for whom, wave by wave', () => {
    const told = forecast(
      situation([
        workload('batch', { priority: -10, cpu: 300 }, { count: 2 }),
        workload('shop', { priority: 10, cpu: 200 }),
        workload('agent', { priority: 1000, cpu: 500 }, { ...late, team: 'security' }),
      ]),
    );
    expect(told.waves.map((w) => w.wave)).to.deep.equal([0, 1]);
    expect(told.waves[0]).to.deep.include({ evictions: [], waiting: {} });
    expect(told.waves[1]?.evictions).to.deep.equal([
      { by: ref('agent'), victim: ref('batch'), pods: 1, byPriority: 1000, victimPriority: -10, againstBudget: 0 },
    ]);
    expect(told.waves[1]?.waiting).to.deep.equal({ [ref('batch')]: 1 });
    expect(told.certain).to.equal(true);
    expect(told.workloads[2]).to.include({ team: 'security', priority: 1000, pods: 1 });
    expect(told.workloads[2]?.wouldEvict).to.have.members([`1 × ${ref('batch')}`, `1 × ${ref('shop')}`]);
  });

  it('follows the chain: what is evicted comes again and evicts in its turn', () => {
    const told = forecast(
      situation(
        [
          workload('mid', { priority: 5, cpu: 600, nodeSelector: { zone: 'a' } }),
          workload('low', { priority: 1, cpu: 600, nodeSelector: { zone: 'b' } }),
          workload('top', { priority: 9, cpu: 600, nodeSelector: { zone: 'a' } }, late),
        ],
        { nodes: [node('n1', { labels: { zone: 'a' } }), node('n2', { labels: { zone: 'b' } })] },
      ),
    );
    expect(brief(told)).to.deep.equal(['top 1 × mid']);
    const chain = forecast(
      situation(
        [
          workload('low', { priority: 1, cpu: 600, nodeSelector: { zone: 'b' } }),
          workload('mid', { priority: 5, cpu: 600 }),
          workload('top', { priority: 9, cpu: 600, nodeSelector: { zone: 'a' } }, late),
        ],
        { nodes: [node('n1', { labels: { zone: 'a' } }), node('n2', { labels: { zone: 'b' } })] },
      ),
    );
    expect(brief(chain)).to.deep.equal(['top 1 × mid', 'mid 1 × low']);
    expect(chain.waves[1]?.waiting).to.deep.equal({ [ref('low')]: 1 });
  });

  it('lets what waits have what an eviction leaves over', () => {
    const told = forecast(
      situation([
        workload('big', { priority: 1, cpu: 1000 }),
        workload('small', { priority: 0, cpu: 400 }),
        workload('agent', { priority: 9, cpu: 500 }, late),
      ]),
    );
    expect(told.waves[0]?.waiting).to.deep.equal({ [ref('small')]: 1 });
    expect(told.waves[1]?.waiting).to.deep.equal({ [ref('big')]: 1 });
  });

  it('with preemptionPolicy Never it waits', () => {
    const told = forecast(
      situation([workload('low', { cpu: 900 }), workload('agent', { priority: 9, cpu: 500, preempts: false }, late)]),
    );
    expect(brief(told)).to.deep.equal([]);
    expect(told.waves[1]?.waiting).to.deep.equal({ [ref('agent')]: 1 });
    expect(told.workloads[1]?.wouldEvict).to.deep.equal([]);
  });

  it('a quota on the class keeps its pods from being made at all', () => {
    const quota = { namespace: 'shop', name: 'cap', hard: { pods: '1' }, classes: ['critical'] };
    const agent = workload('agent', { priorityClass: 'critical', priority: 9, cpu: 500 }, { ...late, count: 3 });
    const told = forecast(situation([workload('low', { cpu: 900 }), agent], { quotas: [quota] }));
    expect(told.waves[1]).to.deep.include({ refused: { [ref('agent')]: 2 }, waiting: { [ref('low')]: 1 } });
    const cpu = { ...quota, hard: { 'requests.cpu': '499m' } };
    expect(brief(forecast(situation([workload('low', { cpu: 900 }), agent], { quotas: [cpu] })))).to.deep.equal([]);
    const others = { ...quota, classes: ['other'] };
    expect(forecast(situation([agent], { quotas: [others] })).waves[0]?.refused).to.deep.equal({});
  });

  it('marks an eviction that a budget forbade', () => {
    const budgets = [{ namespace: 'shop', selector: { matchLabels: { app: 'low' } }, minAvailable: 2 }];
    const told = forecast(
      situation([workload('low', { cpu: 500 }, { count: 2 }), workload('agent', { priority: 9, cpu: 400 }, late)], {
        budgets,
      }),
    );
    expect(told.waves[1]?.evictions[0]).to.include({ pods: 1, againstBudget: 1 });
  });

  describe('with a gatekeeper', () => {
    const gate = { workload: ref('gate'), exempt: [] as string[] };
    const attacked = (agentCpu: number, words = {}) =>
      forecast(
        situation(
          [
            workload('bystander', { cpu: 300, priority: 5 }),
            workload('agent', { priority: 9, cpu: agentCpu }, late),
            workload('latecomer', { cpu: 10 }, { wave: 2 }),
          ],
          { gate: { ...gate, ...words }, bound: [{ pod: workload('gate', { cpu: 300 }).pod, node: 'n1' }] },
        ),
      );

    it('its own replacement is refused, and so is whatever comes later', () => {
      const told = attacked(600);
      expect(brief(told)).to.deep.equal(['agent 1 × gate']);
      expect(told.waves[1]?.refused).to.deep.equal({ [ref('gate')]: 1 });
      expect(told.waves[2]?.refused).to.deep.equal({ [ref('gate')]: 1, [ref('latecomer')]: 1 });
      expect(told.certain).to.equal(true);
    });

    it('its replacement waits where its namespace is exempt', () => {
      const told = attacked(600, { exempt: ['shop'] });
      expect(told.waves[1]).to.deep.include({ refused: {}, waiting: { [ref('gate')]: 1 } });
    });

    it('is not certain when it goes together with others', () => {
      const told = attacked(1000);
      expect(told).to.include({ certain: false });
      expect(told.doubt).to.include('a race');
    });
  });

  it('is not certain between two nodes that would both do', () => {
    const told = forecast(situation([workload('a')], { nodes: [node('n1'), node('n2')] }));
    expect(told.certain).to.equal(false);
    expect(told.doubt).to.include('2 nodes');
  });

  it('puts one pod of a DaemonSet on each node that admits it', () => {
    const nodes = [node('n1'), node('n2', { taints: [{ key: 'x', effect: 'NoSchedule' }] }), node('n3')];
    const told = forecast(situation([workload('daemon', {}, { count: 'per-node' })], { nodes }));
    expect(told.workloads[0]).to.include({ pods: 2 });
    expect(told.certain).to.equal(true);
  });

  it('counts what is there already, and does not bring a bare pod back', () => {
    const { pod } = workload('lonely', { cpu: 900, workload: 'Pod/shop/lonely', replaced: false });
    const told = forecast(
      situation([workload('agent', { priority: 9, cpu: 500 }, late)], { bound: [{ pod, node: 'n1' }] }),
    );
    expect(told.waves[0]?.evictions[0]).to.include({ victim: 'Pod/shop/lonely' });
    expect(told.waves[0]?.waiting).to.deep.equal({});
  });
});
