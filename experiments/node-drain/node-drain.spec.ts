import { expect, experiment } from 'falldown';

/** How long a drain is tried that its disruption budget never lets through. */
const PATIENCE_SECONDS = 30;

experiment(
  'node-drain',
  {
    title: 'Maintenance of one node closes the cluster',
    facts: ['F6', 'F8', 'F13', 'F16'],
    needs: ['kind'],
    profile: 'two-workers',
    typicalSeconds: 300,
  },
  ({ steadyState, method, recover, check }) => {
    steadyState('the gatekeeper refuses what it must and admits what it should', async (world) => {
      await world.gatekeeperEnforces(15);
    });

    method('drain', 'the node of the only replica is drained, with another node free', async (world) => {
      await world.nodes.drain.inject();
      await world.gatekeeperGone(60);
      await world.firstRefusal(30);
    });

    method('hold', 'the node is given back, and nothing else is done', async (world) => {
      await world.nodes.drain.revert();
      await world.hold(world.profile.timings.holdSeconds);
    });

    recover('somebody with the permissions deletes the rules', async (world) => {
      await world.deleteTheRules(world.person('infra-oncall'));
      await world.deleteTheRules(world.person('platform-admin'));
      await world.gateEnforcesAgain(world.profile.timings.recoveryWithinSeconds);
      await world.nodes.clearOut(world.person('platform-admin'));
    });

    method('budget', 'a disruption budget for the only replica blocks the drain', async (world) => {
      const podDisruptionBudget = { enabled: true, minAvailable: 1 };
      await world.gatekeeper.upgrade({ admissionController: { podDisruptionBudget } });
      await world.gatekeeper.hasBudget(30);
      await world.nodes.tryToDrain(PATIENCE_SECONDS);
    });

    method('safeguards', 'several replicas, a budget that allows one disruption, and a priority', async (world) => {
      await world.upgradeWithSafeguards();
      await world.safeguardsReady(world.profile.timings.recoveryWithinSeconds);
      await world.gatekeeperEnforces(60);
    });

    method('safeguarded-drain', 'the same maintenance again', async (world) => {
      await world.nodes.drain.inject();
      await world.nodes.drained(180);
      await world.stand(world.profile.timings.standSeconds);
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 an ordinary drain took the gatekeeper away', (journal) => {
      expect(journal).to.showDrainEviction({ phase: 'drain' });
    });
    check('F13 only the platform admin could open the way out', (journal) => {
      expect(journal).to.needAdminToRecover();
    });
    check('F16 a budget for one replica blocks the drain for as long as anybody tries', (journal) => {
      expect(journal).to.blockTheDrain({ phase: 'budget', forSeconds: 25 });
      expect(journal).to.neverLoseTheGate({ phase: 'budget' });
    });
    check('F16 with all safeguards the drain passes', (journal) => {
      expect(journal).to.passTheDrain({ phase: 'safeguarded-drain', withinSeconds: 180 });
    });
    check('F16 and the gate is never down', (journal) => {
      expect(journal).to.neverLoseTheGate({ phase: 'safeguarded-drain' });
    });
  },
);
