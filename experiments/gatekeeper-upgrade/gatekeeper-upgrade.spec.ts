import { expect, experiment } from 'falldown';

experiment(
  'gatekeeper-upgrade',
  {
    title: 'The gatekeeper is upgraded while the batch jobs go on',
    facts: ['F1', 'F8', 'F9', 'F15', 'F16', 'F17'],
    needs: ['embedded'],
    profile: 'upgrade',
    typicalSeconds: 190,
  },
  ({ steadyState, method, check }) => {
    steadyState('the old gatekeeper enforces', async (world) => {
      await world.gatekeeperEnforces(30);
    });

    method('fan-out', 'an encoding Job fans out steadily', async ({ fanOut }) => {
      await fanOut.launch({ lastSeconds: 120 });
      await fanOut.created(1 / 20);
    });

    method(
      'upgrade',
      'helm upgrade; then it is watched for as long as a lease may take to change hands',
      async (world) => {
        const { recoveryWithinSeconds, standSeconds } = world.profile.timings;
        await world.gatekeeper.upgradeAsPlanned(2 * recoveryWithinSeconds);
        await world.waitAndSee(standSeconds);
        await world.gatekeeperEnforces(recoveryWithinSeconds);
        world.mark('upgrade.enforcing');
      },
    );

    method('drain', 'the encoding queue drains', async ({ fanOut, profile }) => {
      await fanOut.drained(profile.timings.drainWithinSeconds);
    });

    check('F8 the old gatekeeper enforced before anything was done', (journal) => {
      expect(journal).to.startSteady();
    });
    check('F16 the new version took over, every pod of it', (journal) => {
      expect(journal).to.takeOver({ withinSeconds: 300 });
    });
    check('F9 whoever was refused for want of the gatekeeper got through by asking again', (journal) => {
      expect(journal).to.refuseAtMost({ phase: 'upgrade', seconds: 2 });
    });
    check('F15 no violating pod was let in', (journal) => {
      expect(journal).to.letNothingIn({ phase: 'upgrade' });
    });
    check('F15 the rules stayed registered: it never failed open in silence', (journal) => {
      expect(journal).to.keepTheRules({ phase: 'upgrade' });
    });
    check('F8 a replica was ready all along', (journal) => {
      expect(journal).to.keepAReplica({ phase: 'upgrade' });
    });
    check('F1 pods were made all through the upgrade', (journal) => {
      expect(journal).to.stayUnderLoad({ phase: 'upgrade' });
    });
    check('F17 every segment was encoded, none lost', (journal) => {
      expect(journal).to.accountForPods();
      expect(journal).to.drainTheQueue();
    });
  },
);
