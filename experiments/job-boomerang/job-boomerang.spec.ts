import {
  boomerangTables,
  boomerangValues,
  type CleanUpCell,
  cleanUpCells,
  expect,
  experiment,
  type JournalView,
} from 'falldown';

/** What a cell's journal must show of what was cleaned up. */
const SHOWN: Record<CleanUpCell['then'], (journal: JournalView) => void> = {
  'comes back': (journal) => {
    expect(journal).to.comeBack();
    expect(journal).to.loadTheScheduler();
  },
  'stays away': (journal) => {
    expect(journal).to.stayAway();
  },
  'is refused': (journal) => {
    expect(journal).to.refuseTheCleanUp();
  },
  'cannot go': (journal) => {
    expect(journal).to.holdThePods();
  },
};

experiment(
  'job-boomerang',
  {
    title: 'What is cleaned up comes back, or cannot go',
    facts: ['F11', 'F12', 'F15', 'F17'],
    needs: ['embedded'],
    profile: 'job-boomerang',
    typicalSeconds: 660,
  },
  ({ steadyState, cells, check, conclude }) => {
    steadyState('the gatekeeper refuses what it must and admits what it should', async (world) => {
      await world.gatekeeperEnforces(15);
    });

    cells(cleanUpCells, ({ waves, gone, then, settles = true }, { method, recover, check, values }) => {
      method('clean-up', 'people clean up', async (world) => {
        world.fanOut.carriedOver();
        await (gone ? world.wayOut.deadlocked(30) : world.gatekeeperEnforces(60));
        // A Job waits 10 s with a segment that failed once and 20 s when twice; with no gatekeeper nothing comes in any time.
        await world.boomerang.cleanUp(waves, { withinSeconds: gone ? 3 : 45 });
      });

      method('aftermath', 'nobody does anything any more', async (world) => {
        if (gone) await world.hold(world.profile.timings.holdSeconds);
        await world.boomerang.takeStock();
      });

      recover(gone ? 'the rules are deleted' : 'the Job is left to itself', async (world) => {
        if (gone) await world.deleteTheRules(world.person('platform-admin'));
        await world.boomerang.settle(world.profile.timings.recoveryWithinSeconds);
      });

      check(`F11 what is cleaned up ${then}`, SHOWN[then]);
      if (gone) {
        check('F12 with the trigger gone it does not settle', (journal) => {
          expect(journal).to.neverSettle({ forSeconds: 10 });
        });
      }
      const cause = gone ? 'the rules' : 'the trigger';
      check(`F12 with ${cause} gone it ${settles ? 'settles' : 'still does not settle'}`, (journal) => {
        if (settles) expect(journal).to.settle({ withinSeconds: 90 });
        else expect(journal).to.neverSettle({ forSeconds: 60 });
      });
      values(boomerangValues);
    });

    check('F11 a Job lets its pods come back later each time they are deleted', (_, cells) => {
      expect(cells.get('pods-deleted').values.backOffGrowth).to.be.above(1.5);
    });
    check(
      'F11 evicted once, a Job gives up; one that forgives disruptions does not, and makes no pod either',
      (_, cells) => {
        expect(cells.get('failure-policy').values).to.include({ job: 'goes on', cameBackPods: 0 });
        expect(cells.get('backoff-limit').values).to.include({ job: 'BackoffLimitExceeded' });
      },
    );
    check('F11 with no gatekeeper the Job controller is refused, again and again', (_, cells) => {
      expect(cells.get('gone-pods-evicted').values.refusedCreations).to.be.above(0);
    });
    check('F11 F15 once the rules are gone everything comes at once', (_, cells) => {
      expect(cells.get('gone-pods-evicted').values.madeAfterRulesDeleted).to.be.above(0);
    });

    conclude((cells) => boomerangTables(cells));
  },
);
