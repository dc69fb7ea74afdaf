import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeDrain } from '../../../harness/faults/node-drain.ts';
import { nodePressure } from '../../../harness/faults/node-pressure.ts';
import type { RequestMade } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { Person } from '../../../harness/people/person.ts';
import { FakeApi, failureOf, json, status } from '../kube/fake-api.ts';

const MEBI = 2 ** 20;

describe('faults of nodes', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let person: Person;
  let requests: RequestMade[];
  /** Pods on the node, and how the eviction of each is answered. */
  let pods: { name: string; owner?: string; mirror?: boolean; answer?: number }[];
  let cordon: number;
  /** What the kubelet will say is available, in MiB; then 1000 for ever. */
  let readings: number[];
  let asked: number;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-faults-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    [requests, pods, cordon, readings, asked] = [[], [], 200, [], 0];
    journal.subscribe((e) => e.type === 'request' && requests.push(e));
    api = await FakeApi.start(({ method, path }, response) => {
      if (path.endsWith('/stats/summary')) {
        const availableBytes = (readings.shift() ?? 1000) * MEBI;
        return json(response, { node: { memory: { time: `t${++asked}`, availableBytes } } });
      }
      if (method === 'PATCH') return status(response, cordon, 'Whatever', 'nodes are guarded');
      if (path.endsWith('/eviction')) {
        const name = path.split('/').at(-2);
        const answer = pods.find((p) => p.name === name)?.answer ?? 201;
        return answer === 201 ? json(response, {}, 201) : status(response, answer, 'TooManyRequests', 'budget');
      }
      if (method === 'POST') return json(response, {}, 201);
      const items = pods.map(({ name, owner, mirror }) => ({
        metadata: {
          name,
          namespace: 'ns',
          uid: name,
          ...(owner === undefined ? {} : { ownerReferences: [{ kind: owner, name: 'x', controller: true }] }),
          ...(mirror ? { annotations: { 'kubernetes.io/config.mirror': 'x' } } : {}),
        },
      }));
      json(response, { items });
    });
    person = new Person('platform-admin', api.credentials, journal);
  });
  afterEach(async () => {
    await person.client.close();
    journal.close();
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const evicted = () => requests.filter((r) => r.intent === 'drain').map((r) => `${r.object} ${r.code}`);

  describe('node-drain', () => {
    it('cordons the node, then asks for each pod that kubectl drain would: not for DaemonSets’ and static ones', async () => {
      pods = [
        { name: 'a', owner: 'ReplicaSet' },
        { name: 'b', owner: 'DaemonSet' },
        { name: 'c', mirror: true },
        { name: 'd' },
      ];
      const drain = nodeDrain(
        () => person,
        () => 'n1',
      );
      await drain.inject();
      expect(api.by('PATCH')[0]).to.deep.include({ path: '/api/v1/nodes/n1', body: { spec: { unschedulable: true } } });
      expect(api.by('GET')[0]?.query.get('fieldSelector')).to.equal('spec.nodeName=n1');
      expect(evicted()).to.deep.equal(['Pod/ns/a 200', 'Pod/ns/d 200']);
      expect(drain.node).to.equal('n1');
    });

    it('asks again for what was refused, and for nothing twice that was let go', async () => {
      pods = [{ name: 'a', answer: 429 }, { name: 'b' }];
      const drain = nodeDrain(
        () => person,
        () => 'n1',
      );
      await drain.inject();
      pods = [{ name: 'a' }, { name: 'b' }];
      expect(await drain.advance()).to.have.length(2);
      pods = [];
      expect(await drain.advance()).to.have.length(0);
      expect(evicted()).to.deep.equal(['Pod/ns/a 429', 'Pod/ns/b 200', 'Pod/ns/a 200']);
    });

    it('uncordons when it is taken back, and has nothing to take back before', async () => {
      const drain = nodeDrain(
        () => person,
        () => 'n1',
      );
      await drain.revert();
      await drain.inject();
      await drain.revert();
      expect(requests.map((r) => r.intent)).to.deep.equal(['cordon', 'uncordon']);
    });

    it('says so when a node could not be cordoned: then nothing was drained', async () => {
      cordon = 500;
      const drain = nodeDrain(
        () => person,
        () => 'n1',
      );
      expect((await failureOf(drain.inject())).message).to.contain('could not be cordoned: nodes are guarded');
      expect(evicted()).to.deep.equal([]);
    });
  });

  describe('node-pressure', () => {
    let thresholds: (number | 'restored' | 'settled')[];
    const pressure = () => {
      thresholds = [];
      return nodePressure({
        control: () => ({
          evictBelow: async (_node, bytes) => {
            thresholds.push(bytes);
            return async () => void thresholds.push('restored');
          },
          join: () => Promise.reject(new Error('not asked for')),
          kubeletLog: async () => [],
        }),
        admin: api.client(),
        user: () => person,
        platform: () => person,
        namespace: 'encoding',
        labels: { team: 'video' },
        priorityClassName: 'security-critical',
        runId: 'r1',
        pick: () => 'n1',
        settled: async () => void thresholds.push('settled'),
        signal: new AbortController().signal,
      });
    };

    it('sets the threshold where the hog comes slowly, from well above to well below it', async () => {
      await pressure().inject();
      const made = api.by('POST')[0]?.body as { spec: { containers: { command: string[] }[] } };
      const script = made.spec.containers[0]?.command[2] ?? '';
      const [first = 0, step = 0] = [...script.matchAll(/count=(\d+)/g)].map(([, n]) => Number(n) * MEBI);
      const steps = Number(/-lt (\d+)/.exec(script)?.[1]);
      const threshold = 1000 * MEBI - (thresholds[0] as number);
      expect(threshold - first).to.be.within(16 * MEBI, 64 * MEBI);
      expect(first + steps * step - threshold).to.be.greaterThan(128 * MEBI);
      expect(step).to.be.lessThan(4 * MEBI);
    });

    it('waits until the node’s memory stays the same: pods that go away give theirs back for a while', async () => {
      readings = [600, 700, 900, 990];
      await pressure().inject();
      expect(thresholds[0]).to.equal((1000 - 352) * MEBI);
      expect(asked).to.equal(6);
    });

    it('lets the hog ask for more than it takes, through the scheduler, on the gatekeeper’s node', async () => {
      await pressure().inject();
      const { metadata, spec } = (api.by('POST')[0]?.body ?? {}) as Record<string, Record<string, never>>;
      expect(metadata?.labels).to.deep.include({ team: 'video', 'falldown.dev/role': 'hog' });
      expect(spec?.nodeSelector).to.deep.equal({ 'kubernetes.io/hostname': 'n1' });
      expect(spec).to.include({ priorityClassName: 'security-critical' });
      expect(spec).not.to.have.property('nodeName');
    });

    it('goes by the eviction API, which a dead webhook does not stop, and puts the kubelet back', async () => {
      const fault = pressure();
      await fault.inject();
      expect(thresholds.at(-1)).to.equal('settled');
      await fault.revert();
      expect(api.asked.at(-1)?.path).to.equal('/api/v1/namespaces/encoding/pods/scratch-hog-1/eviction');
      expect(thresholds.at(-1)).to.equal('restored');
      await fault.inject();
      expect(JSON.stringify(api.asked.at(-1)?.body)).to.contain('scratch-hog-2');
    });
  });
});
