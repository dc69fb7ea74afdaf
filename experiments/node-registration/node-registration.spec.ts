import { expect, experiment } from 'falldown';

experiment(
  'node-registration',
  {
    title: 'A policy on nodes keeps new nodes out',
    facts: ['F6', 'F8', 'F9', 'F10', 'F13', 'F14', 'F16'],
    needs: ['kind'],
    profile: 'cluster-scoped-policy',
    typicalSeconds: 360,
  },
  ({ steadyState, method, recover, check }) => {
    steadyState('the gatekeeper enforces, and its webhook sees nodes and their certificate requests', async (world) => {
      await world.gatekeeperEnforces(15);
      await world.gatekeeper.guardsNodes(30);
    });

    method('drain', 'a drain takes the only gatekeeper away', async (world) => {
      await world.nodes.drain.inject();
      await world.gatekeeperGone(60);
      await world.firstRefusal(30);
    });

    method('kept-out', 'a fresh machine asks for its identity', async (world) => {
      await world.nodes.join('kept-out');
      await world.nodes.refused('kept-out', 90);
      await world.waitAndSee(world.profile.timings.holdSeconds);
    });

    recover('somebody with the permissions deletes the rules', async (world) => {
      await world.deleteTheRules(world.person('infra-oncall'));
      await world.deleteTheRules(world.person('platform-admin'));
      await world.nodes.ready('kept-out', world.profile.timings.recoveryWithinSeconds);
      await world.gateEnforcesAgain(world.profile.timings.recoveryWithinSeconds);
    });

    method('exemption', 'the gatekeeper is told to leave bootstrap resources out', async (world) => {
      await world.gatekeeper.upgrade({ features: { excludeBootstrapResources: { enabled: true } } });
      await world.gatekeeper.exemptsNodes(120);
      await world.gatekeeperEnforces(60);
    });

    method('second-drain', 'the same again', async (world) => {
      await world.nodes.drain.inject();
      await world.gatekeeperGone(60);
      await world.firstRefusal(30);
    });

    method('half-way', 'another machine joins: it is let in, but not set up', async (world) => {
      await world.nodes.join('half-way');
      await world.nodes.registered('half-way', 90);
      await world.waitAndSee(world.profile.timings.holdSeconds);
    });

    method('second-recovery', 'the rules are deleted again', async (world) => {
      await world.deleteTheRules(world.person('platform-admin'));
      await world.nodes.ready('half-way', world.profile.timings.recoveryWithinSeconds);
      await world.nodes.drain.revert();
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 a drain took the gatekeeper away', (journal) => {
      expect(journal).to.showDrainEviction({ phase: 'drain' });
    });
    check('F9 F10 with a policy on nodes the new node cannot even register', (journal) => {
      expect(journal).to.keepNodeOut({ node: 'kept-out', forSeconds: 30 });
    });
    check('F13 only the platform admin could open the way out', (journal) => {
      expect(journal).to.needAdminToRecover();
    });
    check('F14 with the rules gone the node registers and is Ready', (journal) => {
      expect(journal).to.readyTheNode({ node: 'kept-out', withinSeconds: 120 });
    });
    check('F16 excludeBootstrapResources lets the node register, and no further', (journal) => {
      expect(journal).to.keepNodeNotReady({ node: 'half-way', forSeconds: 30 });
    });
    check('F14 it too is Ready once the rules are gone', (journal) => {
      expect(journal).to.readyTheNode({ node: 'half-way', withinSeconds: 120 });
    });
  },
);
