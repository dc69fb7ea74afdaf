import { expect, experiment } from 'falldown';

experiment(
  'admission-deadlock',
  {
    title: 'One preempted pod closes the cluster',
    facts: ['F1', 'F6', 'F7', 'F8', 'F9', 'F11', 'F12', 'F13', 'F14', 'F15', 'F16', 'F17'],
    needs: ['embedded', 'kind'],
    profile: 'as-in-the-incident',
    typicalSeconds: 110,
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

    method('deadlock', 'no gatekeeper, no new pods, its own included', async (world) => {
      await world.tryToDelete(world.person('infra-oncall'));
      await world.tryToRestart(world.person('infra-oncall'));
      await world.collision.revert();
      await world.hold(world.profile.timings.holdSeconds);
    });

    recover('somebody with the permissions deletes the rules', async (world) => {
      await world.deleteTheRules(world.person('infra-oncall'));
      await world.deleteTheRules(world.person('platform-admin'));
      await world.podsAreAdmitted(world.profile.timings.recoveryWithinSeconds);
    });

    method('safeguards', 'the gatekeeper is let back in, with replicas, a budget and a priority', async (world) => {
      const { recoveryWithinSeconds } = world.profile.timings;
      await world.retireTheOldGatekeeper(world.person('platform-admin'));
      await world.upgradeWithSafeguards();
      await world.pokeTheJobs();
      await world.gateEnforcesAgain(recoveryWithinSeconds);
      await world.safeguardsReady(recoveryWithinSeconds);
    });

    method('second-collision', 'the same trigger again', async (world) => {
      await world.collision.inject();
      await world.stand(world.profile.timings.standSeconds);
    });

    method('drain', 'the encoding queue drains', async ({ fanOut, profile }) => {
      await fanOut.drained(profile.timings.drainWithinSeconds);
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 F7 the scheduler preempted the gatekeeper', (journal) => {
      expect(journal).to.showPreemption({ of: 'gatekeeper' });
    });
    check('F9 the gatekeeper’s own replacement is refused by the webhook it serves', (journal) => {
      expect(journal).to.proveDeadlock();
    });
    check('F11 deleting a pod or the Job is refused too', (journal) => {
      expect(journal).to.refuseDeletes();
    });
    check('F12 with the trigger gone it does not heal', (journal) => {
      expect(journal).to.stayDown({ forSeconds: 45 });
    });
    check('F13 only the platform admin could open the way out', (journal) => {
      expect(journal).to.needAdminToRecover();
    });
    check('F14 with the rules gone the loop unwinds', (journal) => {
      expect(journal).to.unwind({ withinSeconds: 180 });
    });
    check('F15 while the rules were gone anything slipped in', (journal) => {
      expect(journal).to.countExposure();
    });
    check('F16 with safeguards the same trigger does nothing', (journal) => {
      expect(journal).to.standUnderSafeguards();
    });
    check('F1 F17 every segment was encoded, none lost', (journal) => {
      expect(journal).to.accountForPods();
      expect(journal).to.drainTheQueue();
    });
  },
);
