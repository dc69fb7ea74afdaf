import { type CellSpec, type CellStart, expect, experiment, rankWaysOut, wayOutValues } from 'falldown';

interface WayOut extends CellSpec {
  /** Of the catalogue: `falldown recoveries`. */
  path: string;
  /** Afterwards the controllers are made to try again at once. */
  poke: boolean;
}

/** In most cells the trigger is gone, as it was on the day: what holds the cluster down then is the loop alone. */
const withdrawn: CellStart = {
  name: 'trigger-withdrawn',
  title: 'the security service is withdrawn, and nothing heals',
  prepare: async (world) => {
    await world.collision.revert();
    await world.wayOut.deadlocked(30);
    await world.hold(world.profile.timings.holdSeconds);
  },
};

const plain = (path: string, title: string): WayOut => ({ name: path, title, path, poke: false, start: withdrawn });
const poked = (path: string, title: string): WayOut => ({
  ...plain(path, `${title}, and poke the controllers`),
  name: `${path}-poke`,
  poke: true,
});
const serviceThere = (path: string, title: string, name = path): WayOut => ({ name, title, path, poke: false });

const WAYS_OUT: WayOut[] = [
  serviceThere('remove-security', 'withdraw the security service'),
  serviceThere('lower-security', 'take the security service’s priority away'),
  serviceThere('delete-rules', 'delete the rules while the security service stays', 'delete-rules-service-stays'),
  plain('delete-rules', 'delete the rules'),
  poked('delete-rules', 'delete the rules'),
  plain('ignore-failures', 'let through what cannot be asked'),
  poked('ignore-failures', 'let through what cannot be asked'),
  plain('exempt-namespace', 'exempt the gatekeeper’s namespace'),
  poked('exempt-namespace', 'exempt the gatekeeper’s namespace'),
  plain('delete-policies', 'delete the policies'),
  plain('helm-upgrade', 'upgrade the chart with safeguards'),
  plain('restart-gatekeeper', 'restart the gatekeeper'),
  plain('scale-up', 'scale the gatekeeper up'),
  plain('raise-priority', 'raise the gatekeeper’s priority'),
  plain('delete-job', 'delete the encoding Job'),
  plain('delete-pods', 'delete the encoding pods'),
  plain('suspend-job', 'suspend the encoding Job'),
  plain('add-nodes', 'add a node'),
  plain('wait', 'wait'),
];

experiment(
  'recovery-race',
  {
    title: 'Every way out of the same deadlock, raced',
    facts: ['F9', 'F11', 'F12', 'F13', 'F14', 'F15', 'F17'],
    needs: ['embedded', 'kind'],
    profile: 'recovery-race',
    typicalSeconds: 600,
  },
  ({ steadyState, method, cells, check, conclude }) => {
    steadyState('the gatekeeper refuses what it must and admits what it should', async (world) => {
      await world.gatekeeperEnforces(15);
    });

    method('fan-out', 'an ordinary encoding Job fans out', async ({ fanOut }) => {
      await fanOut.launch();
      await fanOut.created(1 / 4);
    });

    method('collision', 'a security service outranks the gatekeeper, and nothing gets in any more', async (world) => {
      await world.collide();
      await world.wayOut.deadlocked(30);
    });

    cells(WAYS_OUT, ({ path, poke, title }, { method, recover, check, values }) => {
      method('deadlock', 'it is still the same deadlock', async ({ fanOut, wayOut }) => {
        fanOut.carriedOver();
        await wayOut.deadlocked(30);
      });

      recover(title, async ({ wayOut }) => {
        await wayOut.take(path, { poke });
        await wayOut.unwind();
      });

      check('F9 it started from the deadlock', (journal) => {
        expect(journal).to.startFromDeadlock();
      });
      check('F14 F15 what came of it was in sight', (journal) => {
        expect(journal).to.measureTheWayOut();
      });
      values(wayOutValues);
    });

    check('F6 F7 the scheduler preempted the gatekeeper', (journal) => {
      expect(journal).to.showPreemption({ of: 'gatekeeper' });
    });
    check('F12 waiting does not help', (_, cells) => {
      expect(cells.get('wait').values.worked).to.equal(false);
    });
    check('F12 neither does withdrawing the trigger', (_, cells) => {
      expect(cells.get('remove-security').values.worked).to.equal(false);
    });
    check('F11 deleting the Job or its pods is refused', (_, cells) => {
      expect(cells.get('delete-job').values).to.include({ worked: false, by: null });
      expect(cells.get('delete-pods').values).to.include({ worked: false, by: null });
    });
    check('F13 F14 deleting the rules works, for the platform admin and not for whoever is on call', (_, cells) => {
      const { values } = cells.get('delete-rules');
      expect(values).to.include({ worked: true, by: 'platform-admin' });
      expect(values.answers).to.match(/^infra-oncall 403/);
    });
    check('F15 meanwhile anything slips in', (_, cells) => {
      expect(cells.get('delete-rules').values.violatingPodsAdmitted).to.be.above(0);
    });
    check('F17 no segment is lost on a way that works', (_, cells) => {
      for (const { values } of cells.all()) if (values.worked === true) expect(values.segmentsLost).to.equal(0);
    });

    conclude(rankWaysOut);
  },
);
