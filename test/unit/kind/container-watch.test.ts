import { expect } from 'chai';
import { Sight } from '../../../clusters/providers/kind/container-watch.ts';
import { describeContainer, parseNodeEvent } from '../../../clusters/providers/kind/node-events.ts';

const ID = 'a'.repeat(64);

describe('containers of kind nodes', () => {
  it('reads the events of containerd, with the time they happened', () => {
    const line = `2026-11-24 04:00:01.123456789 +0000 UTC k8s.io /tasks/exit {"container_id":"${ID}","id":"${ID}","pid":7,"exit_status":143}`;
    expect(parseNodeEvent(line)).to.deep.equal({
      at: '2026-11-24T04:00:01.123Z',
      topic: '/tasks/exit',
      body: { container_id: ID, id: ID, pid: 7, exit_status: 143 },
    });
    for (const other of ['', 'ctr: connection refused', line.slice(0, -3), line.replace('/tasks', 'tasks')]) {
      expect(parseNodeEvent(other), other).to.equal(undefined);
    }
  });

  it('knows the pod of a container, and what no kubelet made', () => {
    const labels = {
      'io.cri-containerd.kind': 'container',
      'io.kubernetes.container.name': 'kyverno',
      'io.kubernetes.pod.name': 'kyverno-x',
      'io.kubernetes.pod.namespace': 'kyverno',
      'io.kubernetes.pod.uid': 'u',
    };
    const described = describeContainer(JSON.stringify({ ID, Labels: labels }));
    expect(described).to.deep.include({
      pod: 'kyverno/kyverno-x',
      container: 'kyverno',
      kind: 'container',
      podUid: 'u',
    });
    expect(describeContainer(JSON.stringify({ ID, Labels: { a: 'b' } }))).to.equal(undefined);
    expect(describeContainer('ctr: container not found')).to.equal(undefined);
  });

  it('is in sight only while every node is, and tells a gap once, with its reason', async () => {
    const told: string[] = [];
    const sight = new Sight(['one', 'two'], ({ op, reason = '' }) => told.push(`${op} ${reason}`.trim()));
    sight.gained('one');
    sight.lost('one', 'gone before it began');
    expect(told).to.deep.equal([]);
    sight.gained('two');
    sight.gained('one');
    await sight.complete;
    sight.lost('two', 'killed');
    sight.lost('one', 'killed too');
    sight.gained('two');
    expect(told).to.deep.equal(['synced', 'gap two: killed']);
    sight.gained('one');
    sight.stopped();
    expect(told).to.deep.equal(['synced', 'gap two: killed', 'resumed', 'stopped']);
  });
});
