import { type CellSpec, expect, experiment, wayOutValues } from 'falldown';

interface Small extends CellSpec {
  path: string;
}

/** A matrix that is small enough to be killed in a test: the deadlock, and two ways that do not lead out of it before one that does. */
experiment(
  'small-matrix',
  { title: 'A small matrix', facts: [], needs: ['embedded'], profile: 'recovery-race', typicalSeconds: 90 },
  ({ steadyState, method, cells }) => {
    steadyState('the gatekeeper enforces', (world) => world.gatekeeperEnforces(30));
    method('collision', 'a fan-out, and the gatekeeper goes', async (world) => {
      await world.fanOut.launch();
      await world.fanOut.created(1);
      await world.collision.inject();
      await world.gatekeeperGone(30);
      await world.collision.revert();
      await world.wayOut.deadlocked(30);
    });
    const list: Small[] = [
      { name: 'first', title: 'refused', path: 'delete-job' },
      { name: 'second', title: 'refused, too', path: 'suspend-job' },
      { name: 'third', title: 'the way out', path: 'delete-rules' },
    ];
    cells(list, ({ path }, { method, recover, check, values }) => {
      method('deadlock', 'it is still the same deadlock', async ({ fanOut, wayOut }) => {
        fanOut.carriedOver();
        await wayOut.deadlocked(30);
      });
      recover(path, async ({ wayOut }) => {
        await wayOut.take(path, { poke: true });
        await wayOut.unwind();
      });
      check('it was seen', (journal) => {
        expect(journal).to.measureTheWayOut();
      });
      values(wayOutValues);
    });
  },
);
