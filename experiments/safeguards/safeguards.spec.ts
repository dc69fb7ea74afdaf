import { expect, experiment, safeguardCells, trialConclusion, trialValues } from 'falldown';

experiment(
  'safeguards',
  {
    title: 'Which safeguard would have saved us',
    facts: ['F6', 'F7', 'F8', 'F9', 'F12', 'F15', 'F16'],
    needs: ['embedded', 'kind'],
    profile: 'two-infrastructure-nodes',
    typicalSeconds: 480,
  },
  ({ steadyState, cells, check, conclude }) => {
    steadyState('the gatekeeper enforces; an ordinary service runs beside it', async (world) => {
      await world.gatekeeperEnforces(30);
      await world.trial.closeSpareNode();
      await world.services.arrive(0);
    });

    cells(safeguardCells, (cell, { method, check, values }) => {
      method('ready', 'the restored gatekeeper enforces', (world) => world.trial.ready(cell.data.replicas));
      method('busy', 'controllers are as busy as on the day', (world) => world.trial.busy());
      method('trigger', cell.title, (world) => world.trial.attack(cell.trigger, cell.data));
      method('aftermath', 'the trigger is gone; nobody does anything', (world) => world.trial.aftermath());
      check('the trial was in sight', (journal) => {
        expect(journal).to.beInSight();
      });
      values(trialValues);
    });

    check('F8 F9 without a safeguard one collision, and one drain, close the cluster for good', (_, cells) => {
      expect(cells.get('collision-none').values.fate).to.equal('fell');
      expect(cells.get('drain-none').values.fate).to.equal('fell');
    });
    check('F16 a disruption budget stops a drain and does not stop preemption', (_, cells) => {
      expect(cells.get('drain-disruption-budget').values.fate).to.equal('stood');
      expect(cells.get('collision-disruption-budget').values.fate).to.equal('fell');
    });
    check('F16 replicas on one node fall together; on two nodes one stays', (_, cells) => {
      const { values } = cells.get('collision-replicas');
      expect(values).to.include({ replicas: 3, minReadyReplicas: 0 });
      expect(values.fate).to.not.equal('stood');
      expect(cells.get('collision-spread').values.fate).to.equal('stood');
    });
    check(
      'F7 F16 system-cluster-critical stands against 1,000,000,000 and falls to system-node-critical',
      (_, cells) => {
        expect(cells.get('collision-critical-priority').values.fate).to.equal('stood');
        expect(cells.get('node-critical-collision-critical-priority').values.fate).to.equal('fell');
      },
    );
    check('F15 F16 failurePolicy Ignore never closes the cluster; what slips in is counted', (_, cells) => {
      const { values } = cells.get('collision-fail-open');
      expect(values).to.include({ closedSeconds: 0, refusedRequests: 0 });
      expect(values.exposureSeconds).to.be.above(0);
      expect(values.violatingPodsAdmitted).to.be.above(0);
    });
    check('F16 a security class that does not preempt evicts nobody', (_, cells) => {
      expect(cells.get('collision-polite-security').values.fate).to.equal('stood');
    });
    check('F16 all of them together stand', (_, cells) => {
      expect(cells.get('collision-all').values.fate).to.equal('stood');
    });

    conclude((cells) => trialConclusion(cells));
  },
);
