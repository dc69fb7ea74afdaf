import type { V1ContainerStatus } from '@kubernetes/client-node';
import { expect } from 'chai';
import {
  crashLoops,
  describePods,
  type GatekeeperPod,
  gatekeeperPods,
  imagesOf,
} from '../../../harness/gatekeeper/pods.ts';
import { FakeApi, json } from '../kube/fake-api.ts';

const BACK_OFF = { waiting: { reason: 'CrashLoopBackOff' } };
const pod = (
  ready: boolean,
  restartCount: number,
  state: V1ContainerStatus['state'] = { running: {} },
): GatekeeperPod => ({
  name: 'k',
  phase: 'Running',
  deleting: false,
  ready,
  containers: [{ name: 'kyverno', image: '', imageID: '', ready, restartCount, state }],
});

describe('crashLoops: is it worth waiting for the gatekeeper', () => {
  for (const [what, expected, pods] of [
    ['there is none yet', false, []],
    ['it starts', false, [pod(false, 0)]],
    ['it died twice and waits', false, [pod(false, 1, BACK_OFF)]],
    ['it died three times and waits', true, [pod(false, 2, BACK_OFF)]],
    ['it died three times, just now', true, [pod(false, 2, { terminated: { exitCode: 1 } })]],
    ['its third start is under way', false, [pod(false, 2)]],
    ['its fourth start is under way', true, [pod(false, 3)]],
    ['it came up after many starts', false, [pod(true, 9)]],
    ['one of two is up', false, [pod(true, 0), pod(false, 5, BACK_OFF)]],
    ['its image is not to be had', false, [pod(false, 0, { waiting: { reason: 'ErrImageNeverPull' } })]],
    ['its init container has succeeded', false, [pod(false, 0, { terminated: { exitCode: 0 } })]],
  ] as [string, boolean, GatekeeperPod[]][]) {
    it(`${expected ? 'no' : 'yes'}: ${what}`, () => expect(crashLoops(pods)).to.equal(expected));
  }

  it('reads pods with init containers, and describes them', async () => {
    const status = {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'kyverno-pre', restartCount: 2, state: BACK_OFF }],
      containerStatuses: [{ name: 'kyverno', restartCount: 0, state: {} }],
    };
    const api = await FakeApi.start((_asked, response) =>
      json(response, { items: [{ metadata: { name: 'a' }, status }, { metadata: { name: 'b' } }] }),
    );
    const pods = await gatekeeperPods(api.client());
    await api.close();
    expect(api.asked[0]?.path).to.equal('/api/v1/namespaces/kyverno/pods');
    expect(pods.map(({ name, phase, ready }) => [name, phase, ready])).to.deep.equal([
      ['a', 'Pending', false],
      ['b', 'Pending', false],
    ]);
    expect(crashLoops(pods)).to.equal(true);
    expect(describePods(pods)).to.include('Pod/kyverno/a Pending: kyverno-pre').and.include('CrashLoopBackOff');
    expect(describePods([])).to.include('no pod');
  });
});

describe('imagesOf: what the gatekeeper runs', () => {
  const pod = (version: string, metadata: object = {}) => ({
    metadata: { name: version, ...metadata },
    status: {
      initContainerStatuses: [{ name: 'kyverno-pre', image: `pre:${version}` }],
      containerStatuses: [{ name: 'kyverno', image: `k:${version}` }],
    },
  });
  const read = async (...items: object[]) => {
    const api = await FakeApi.start((_asked, response) => json(response, { items }));
    const pods = await gatekeeperPods(api.client());
    await api.close();
    return imagesOf(pods);
  };

  it('names each once', async () => {
    expect(await read(pod('v2'), pod('v2'))).to.deep.equal(['k:v2', 'pre:v2']);
  });

  it('an old pod that stays counts', async () => {
    expect(await read(pod('v1'), pod('v2'))).to.deep.equal(['k:v1', 'k:v2', 'pre:v1', 'pre:v2']);
  });

  it('an old pod that was told to go does not: a rollout is over before it has gone', async () => {
    const leaving = pod('v1', { deletionTimestamp: '2026-11-30T17:12:36Z' });
    expect(await read(leaving, pod('v2'))).to.deep.equal(['k:v2', 'pre:v2']);
  });
});
