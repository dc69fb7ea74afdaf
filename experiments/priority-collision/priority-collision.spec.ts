import { expect, experiment, forecastTables } from 'falldown';

experiment(
  'priority-collision',
  {
    title: 'Teams that never compared their priorities evict each other',
    facts: ['F6', 'F7'],
    needs: ['embedded', 'kind'],
    profile: 'several-teams',
    typicalSeconds: 50,
  },
  ({ steadyState, method, check, conclude }) => {
    steadyState('the gatekeeper enforces, and the first workloads have their nodes', async (world) => {
      await world.gatekeeperEnforces(15);
      await world.services.predict();
      await world.services.arrive(0);
    });

    method('arrivals', 'the others come, wave by wave', async ({ services }) => {
      for (const wave of services.waves.filter((w) => w > 0)) await services.arrive(wave);
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 F7 who is evicted for whom was to be read off the manifests', (journal) => {
      expect(journal).to.comeTrue();
    });

    conclude((_, __, journal) => forecastTables(journal));
  },
);
