import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { probePod, submitPod } from '../../../harness/gatekeeper/enforcement.ts';
import { FakeApi, failureOf, json, status } from '../kube/fake-api.ts';

const { profile } = loadProfile({ profile: 'as-in-the-incident' });

describe('submitPod: who said what to a pod', () => {
  let api: FakeApi;
  beforeEach(async () => {
    api = await FakeApi.start();
  });
  afterEach(() => api.close());

  const submit = (dryRun = true, signal = new AbortController().signal) =>
    submitPod(api.client(), 'slipped-in', probePod(profile, 'violating', 'run-1'), 'violating', { dryRun, signal });

  const DENIED = 'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod was blocked';
  const DOWN =
    'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate": dial tcp 127.53.0.9:443: connect: connection refused';
  const answers: [string, string, (response: ServerResponse) => void, object][] = [
    ['a policy that denies', 'refused', (r) => status(r, 400, 'BadRequest', DENIED), { code: 400, message: DENIED }],
    [
      'a ValidatingAdmissionPolicy that denies',
      'refused',
      (r) =>
        status(
          r,
          422,
          'Invalid',
          "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request",
        ),
      { code: 422 },
    ],
    [
      'a webhook that does not answer',
      'webhook-down',
      (r) => status(r, 500, 'InternalError', DOWN),
      { code: 500, message: DOWN },
    ],
    [
      'RBAC, which is no word of the gatekeeper',
      'error',
      (r) => status(r, 403, 'Forbidden', 'pods is forbidden: User "x"'),
      { code: 403 },
    ],
    ['a quota', 'error', (r) => status(r, 403, 'Forbidden', 'exceeded quota: pods, requested: pods=1'), { code: 403 }],
    [
      'a namespace that is not there',
      'error',
      (r) => status(r, 404, 'NotFound', 'namespaces "slipped-in" not found'),
      { code: 404 },
    ],
    ['a server that hangs up', 'error', (r) => r.destroy(), { code: 0 }],
    ['an answer that breaks off', 'error', (r) => r.writeHead(201, { 'content-length': '99' }).end('{'), { code: 0 }],
  ];
  for (const [what, answer, respond, more] of answers) {
    it(`${answer}: ${what}`, async () => {
      api.answer = (_asked, response) => respond(response);
      const told = await submit();
      expect(told).to.include({ subject: 'violating', answer, ...more });
      expect(told).not.to.have.property('object');
      expect(told.seconds).to.be.above(0);
    });
  }

  it('admitted: names the pod that was made', async () => {
    api.answer = (_asked, response) => json(response, { metadata: { name: 'violating-x7' } }, 201);
    expect(await submit(false)).to.include({ answer: 'admitted', code: 201, object: 'Pod/slipped-in/violating-x7' });
    expect(api.asked[0]).to.include({ method: 'POST', path: '/api/v1/namespaces/slipped-in/pods' });
    expect(api.asked[0]?.query.get('dryRun')).to.equal(null);
  });

  it('admitted in dry-run: no pod was made, so none is named', async () => {
    api.answer = (_asked, response) => json(response, { metadata: { name: 'violating-x7' } }, 201);
    expect(await submit(true))
      .to.include({ answer: 'admitted' })
      .and.not.have.property('object');
    expect(api.asked[0]?.query.get('dryRun')).to.equal('All');
  });

  it('throws when it is aborted: a cut-off probe is no answer', async () => {
    const stop = new AbortController();
    api.answer = () => stop.abort(new Error('over'));
    expect((await failureOf(submit(true, stop.signal))).message).to.equal('over');
  });
});

describe('probePod', () => {
  it('is the profile’s pod with the run’s labels and a name of its own', () => {
    const pod = probePod(profile, 'good', 'run-1') as { metadata: Record<string, unknown>; spec: unknown };
    expect(pod.metadata).to.deep.include({
      generateName: 'good-',
      labels: { app: 'well-behaved', team: 'platform', 'falldown.dev/run': 'run-1', 'falldown.dev/role': 'good' },
    });
    expect(pod.spec).to.deep.equal(profile.gatekeeper.probes.good.spec);
  });
});
