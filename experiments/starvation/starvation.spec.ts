import { expect, experiment } from 'falldown';

experiment(
  'starvation',
  {
    title: 'The gatekeeper is let in but has nowhere to run',
    facts: ['F1', 'F6', 'F7', 'F8', 'F9', 'F11', 'F12', 'F17'],
    needs: ['embedded', 'kind'],
    profile: 'starvation',
    typicalSeconds: 100,
  },
  ({ steadyState, method, recover, check }) => {
    steadyState('the gatekeeper refuses what it must and admits what it should', async (world) => {
      await world.gatekeeperEnforces(15);
    });

    method('fan-out', 'an ordinary encoding Job fans out', async ({ fanOut }) => {
      await fanOut.launch();
      await fanOut.created(1 / 4);
    });

    method('collision', 'a security service outranks the gatekeeper', (world) => world.collide());

    method('deadlock', 'its replacement is admitted and waits behind the security service', async (world) => {
      await world.tryToDelete(world.person('infra-oncall'));
      await world.waitAndSee(world.profile.timings.holdSeconds);
    });

    recover('the security service is withdrawn, and nothing else is done', async (world) => {
      await world.collision.revert();
      await world.hold(world.profile.timings.holdSeconds);
    });

    method('drain', 'the encoding queue drains', async (world) => {
      await world.pokeTheJobs();
      await world.fanOut.drained(world.profile.timings.drainWithinSeconds);
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 F7 the scheduler preempted the gatekeeper', (journal) => {
      expect(journal).to.showPreemption({ of: 'gatekeeper' });
    });
    check('F9 its replacement is Pending behind a pod that outranks it', (journal) => {
      expect(journal).to.proveDeadlock();
    });
    check('F11 deleting a pod or the Job is refused too', (journal) => {
      expect(journal).to.refuseDeletes();
    });
    check('F12 it stays down for as long as the security service stays', (journal) => {
      expect(journal).to.starve({ forSeconds: 45 });
    });
    check('F12 with the trigger gone it heals by itself, unlike the incident', (journal) => {
      expect(journal).to.healByItself({ withinSeconds: 45 });
    });
    check('F1 F17 every segment was encoded, none lost', (journal) => {
      expect(journal).to.accountForPods();
      expect(journal).to.drainTheQueue();
    });
  },
);
