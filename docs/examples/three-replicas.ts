// Would three replicas alone have saved the cluster? Without a priority they are three victims instead of one.
// Explained in docs/write-an-experiment.md. Run it from the root of a checkout:
//   npx falldown run ./docs/examples/three-replicas.ts --set gatekeeper.values.admissionController.replicas=3
import { expect, experiment } from 'falldown';

experiment(
  'three-replicas',
  {
    title: 'Three replicas without a priority',
    facts: ['F6', 'F7', 'F8', 'F9'],
    needs: ['embedded'],
    profile: 'as-in-the-incident',
    typicalSeconds: 20,
  },
  ({ steadyState, method, recover, check }) => {
    steadyState('a violating pod is refused, a good one admitted', async (world) => {
      await world.gatekeeperEnforces(15);
    });

    method('collision', 'the security service asks for nearly the whole node', async (world) => {
      await world.collision.inject();
      await world.gatekeeperGone(world.profile.timings.preemptionWithinSeconds);
      await world.firstRefusal(30);
    });

    recover('the platform admin deletes the rules', async (world) => {
      await world.collision.revert();
      await world.deleteTheRules(world.person('platform-admin'));
      await world.podsAreAdmitted(world.profile.timings.recoveryWithinSeconds);
    });

    check('F8 the gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F6 F7 the scheduler preempted the gatekeeper', (journal) => {
      expect(journal).to.showPreemption({ of: 'gatekeeper' });
    });
    check('F8 all three replicas were preempted', (journal) => {
      const from = journal.phase('collision')?.from ?? 0;
      const to = journal.mark('trigger.removed')?.t ?? journal.end;
      const blind = journal.blind('Event', from, to);
      if (blind !== undefined) throw new Error(blind); // inconclusive: nobody watched, so nobody knows
      const victims = journal.events('Preempted', from, to).map((event) => event.state.regarding);
      expect(journal.cluster?.gatekeeper.replicas, 'replicas of the gatekeeper').to.equal(3);
      expect(
        victims.filter((pod) => pod.startsWith('Pod/kyverno/')),
        'preempted replicas',
      ).to.have.lengthOf(3);
    });
  },
);
