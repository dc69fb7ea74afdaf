import { expect, experiment } from 'falldown';

experiment(
  'node-pressure',
  {
    title: 'The kubelet evicts the gatekeeper',
    facts: ['F6', 'F7', 'F8', 'F9', 'F12', 'F13', 'F14', 'F16'],
    needs: ['kind'],
    profile: 'budget',
    typicalSeconds: 240,
  },
  ({ steadyState, method, recover, check }) => {
    steadyState('the gatekeeper enforces, and a disruption budget covers it', async (world) => {
      await world.gatekeeperEnforces(15);
      await world.gatekeeper.hasBudget(30);
    });

    method('pressure', 'a pod of higher priority fills the memory of the gatekeeper’s node', async (world) => {
      await world.nodes.pressure.inject();
      await world.gatekeeperGone(120);
      await world.nodes.shortOfMemory(30);
      await world.firstRefusal(30);
    });

    method('deadlock', 'the pressure is gone, the gatekeeper stays away', async (world) => {
      await world.nodes.pressure.revert();
      await world.nodes.relieved(60);
      await world.hold(world.profile.timings.holdSeconds);
    });

    recover('somebody with the permissions deletes the rules', async (world) => {
      await world.deleteTheRules(world.person('infra-oncall'));
      await world.deleteTheRules(world.person('platform-admin'));
      await world.podsAreAdmitted(world.profile.timings.recoveryWithinSeconds);
    });

    method('safeguards', 'the gatekeeper is let back in, with a priority above all users', async (world) => {
      await world.retireTheOldGatekeeper(world.person('platform-admin'));
      await world.upgradeWithSafeguards();
      await world.gateEnforcesAgain(world.profile.timings.recoveryWithinSeconds);
      await world.safeguardsReady(world.profile.timings.recoveryWithinSeconds);
      await world.nodes.clearOut(world.person('platform-admin'));
    });

    method('second-pressure', 'the same pressure again', async (world) => {
      await world.nodes.pressure.inject();
      await world.nodes.hogEvicted(120);
      await world.nodes.shortOfMemory(30);
      await world.stand(world.profile.timings.standSeconds);
    });

    method('relief', 'the pressure is taken away', async (world) => {
      await world.nodes.pressure.revert();
      await world.nodes.relieved(60);
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 F7 the kubelet evicted the gatekeeper, whatever its disruption budget said', (journal) => {
      expect(journal).to.showKubeletEviction({ of: 'gatekeeper', phase: 'pressure', despiteBudget: true });
    });
    check('F9 the gatekeeper’s own replacement is refused by the webhook it serves', (journal) => {
      expect(journal).to.proveDeadlock();
    });
    check('F12 with the pressure gone it does not heal', (journal) => {
      expect(journal).to.stayDown({ forSeconds: 30 });
    });
    check('F13 only the platform admin could open the way out', (journal) => {
      expect(journal).to.needAdminToRecover();
    });
    check('F14 with the rules gone the loop unwinds', (journal) => {
      expect(journal).to.unwind({ withinSeconds: 180 });
    });
    check('F16 at system-cluster-critical the hog goes first', (journal) => {
      expect(journal).to.showKubeletEviction({ of: 'hog', phase: 'second-pressure' });
    });
    check('F16 and the gate is never down', (journal) => {
      expect(journal).to.neverLoseTheGate({ phase: 'second-pressure', since: 'second-trigger.injected' });
    });
  },
);
