import { type ApiClass, apiConclusion, expect, experiment } from 'falldown';

/** Requests that have nothing to do with pods or the gatekeeper. */
const UNRELATED: ApiClass[] = ['get-pod', 'create-configmap', 'delete-configmap'];
/** What is more than 2 cores carry, and what they carry easily, as shares of the clients that the ramp may end with. */
const CROWD = 1 / 4;
const FEW = 1 / 16;
/** Longer than the 60 s that a gateway, and the API server itself, give a request. */
const FROZEN_SECONDS = 63;

experiment(
  'api-latency',
  {
    title: 'When the API gets slow, for whom, and what helps',
    facts: ['F1', 'F2', 'F6', 'F16'],
    needs: ['embedded', 'kind'],
    profile: 'api-latency',
    typicalSeconds: 420,
  },
  ({ steadyState, method, check, conclude }) => {
    steadyState('the gatekeeper enforces', (world) => world.gatekeeperEnforces(30));

    method('ramp', 'pods and clients double, again and again', ({ api }) => api.ramp());

    method('few-clients', 'most clients leave; the pods stay', async ({ api }) => {
      await api.crowd(FEW);
      await api.calm();
      await api.enforces();
      await api.watch(10);
    });
    method('gatekeeper-slow', 'the gatekeeper answers up to 2 s late', ({ api }) => api.under('gatekeeper-slow', 10));
    method('gatekeeper-stalled', 'the gatekeeper hangs', ({ api }) => api.under('stall', 12));
    method('gatekeeper-gone', 'the gatekeeper is preempted', async ({ api, collision }) => {
      await api.enforces();
      await collision.inject();
      await api.watch(10);
      await collision.revert();
      await api.enforces();
    });

    method('protect', 'three replicas come, and webhooks that are waited for 3 s', ({ api }) =>
      api.protect('replicas', 'short-timeout'),
    );
    method('stalled-short-timeout', 'all three hang', ({ api }) => api.under('stall', 10));
    method('one-of-three-stalled', 'one of three hangs', async ({ api }) => {
      await api.enforces();
      await api.under('stall-one', 10);
    });

    method('crowd', 'a quarter of the clients come back', async ({ api }) => {
      await api.crowd(CROWD);
      await api.watch(10);
    });
    method('crowd-flow-control', 'they get a priority level of their own', async ({ api }) => {
      await api.protect('flow-control');
      await api.watch(10);
    });
    method('burst', 'a Job runs 200 short segments at once', async ({ api }) => {
      await api.crowd(FEW);
      await api.burst(200, 200);
    });
    method('burst-capped', 'the same Job, 25 at a time', ({ api }) => api.burst(200, 25));

    method('api-server-starved', 'the API server is short of CPU', ({ api }) => api.under('api-server-starved', 12));
    method('etcd-paused', 'etcd hangs', ({ api }) => api.under('etcd-paused', FROZEN_SECONDS));

    check('the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F1 F2 each limit has its tipping point', (journal) => {
      expect(journal).to.findTippingPoints();
    });
    for (const phase of ['gatekeeper-slow', 'gatekeeper-stalled', 'gatekeeper-gone']) {
      check(`F2 F6 ${phase}: pods suffer, requests that have nothing to do with them do not`, (journal) => {
        expect(journal).to.breakSlo({ phase, underFault: true, classes: ['dry-run-pod'] });
        expect(journal).to.meetSlo({ phase, underFault: true, classes: UNRELATED });
      });
    }
    check('F16 with a short timeout nobody waits for a gatekeeper that hangs for longer than 5 s', (journal) => {
      expect(journal).to.failWithin({ phase: 'stalled-short-timeout', class: 'dry-run-pod', seconds: 5 });
    });
    check('F2 with etcd paused requests wait for longer than a gateway does, and the API looks frozen', (journal) => {
      expect(journal).to.exceedDeadline({ phase: 'etcd-paused' });
      expect(journal).to.freeze({ phase: 'etcd-paused', forSeconds: 60 });
    });

    conclude((_, __, journal) => apiConclusion(journal));
  },
);
