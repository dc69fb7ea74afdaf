import { expect, experiment } from 'falldown';

experiment(
  'node-bootstrap',
  {
    title: 'A new node cannot be set up',
    facts: ['F6', 'F7', 'F8', 'F10', 'F13', 'F14', 'F15'],
    needs: ['kind'],
    profile: 'real-nodes',
    typicalSeconds: 210,
  },
  ({ steadyState, method, recover, check }) => {
    steadyState('the gatekeeper refuses what it must and admits what it should', async (world) => {
      await world.gatekeeperEnforces(15);
    });

    method('collision', 'a security service outranks the gatekeeper', (world) => world.collide());

    method('late-node', 'a fresh machine joins the cluster', async (world) => {
      await world.nodes.join('late');
      await world.nodes.registered('late', 90);
      await world.waitAndSee(world.profile.timings.holdSeconds);
    });

    recover('somebody with the permissions deletes the rules', async (world) => {
      await world.deleteTheRules(world.person('infra-oncall'));
      await world.deleteTheRules(world.person('platform-admin'));
      await world.nodes.ready('late', world.profile.timings.recoveryWithinSeconds);
    });

    method('back', 'the gatekeeper is let back in', async (world) => {
      await world.gateEnforcesAgain(world.profile.timings.recoveryWithinSeconds);
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 F7 the scheduler preempted the gatekeeper', (journal) => {
      expect(journal).to.showPreemption({ of: 'gatekeeper' });
    });
    check('F10 the new node registers, but its set-up is refused and it stays NotReady', (journal) => {
      expect(journal).to.keepNodeNotReady({ node: 'late', forSeconds: 30 });
    });
    check('F13 only the platform admin could open the way out', (journal) => {
      expect(journal).to.needAdminToRecover();
    });
    check('F10 F14 with the rules gone the node is set up and Ready', (journal) => {
      expect(journal).to.readyTheNode({ node: 'late', withinSeconds: 180 });
    });
    check('F14 the gatekeeper comes back after it', (journal) => {
      expect(journal).to.unwind({ withinSeconds: 180 });
    });
    check('F15 while the rules were gone anything slipped in', (journal) => {
      expect(journal).to.countExposure();
    });
  },
);
