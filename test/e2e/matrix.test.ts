import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { processesOf } from '../../harness/processes.ts';
import { appears, Falldown } from './falldown.ts';

const SMALL = fileURLToPath(new URL('./small-matrix.spec.ts', import.meta.url));

describe('a matrix that is killed in the middle', function () {
  this.timeout(300_000);
  let falldown: Falldown;

  before(async () => {
    falldown = await Falldown.make();
  });
  after(() => falldown.dispose());

  const journalOf = (run: string, cell: string) =>
    readFile(join(falldown.out, run, 'cells', cell, 'journal.ndjson'), 'utf8');

  it('leaves nothing after cleanup, and has lost no more than the cell that was running', async () => {
    const run = falldown.start(['run', SMALL, '--pods', '100', '--out', falldown.out]);
    await appears(run, 'second: refused, too');
    // In the middle of the cell, not while the cluster is being put back for it.
    await until(() => run.text().split('second: refused, too')[1]?.includes('✓ deadlock') === true);
    run.child.kill('SIGKILL');
    expect((await run.done).code).to.equal(137);
    const [cluster = ''] = await falldown.clusters();
    expect(processesOf(cluster)).to.have.length.above(5);
    const cleaned = await falldown.run(['cleanup']);
    expect(cleaned.code, cleaned.stderr).to.equal(0);
    expect(processesOf(cluster)).to.deep.equal([]);
    expect(await falldown.leftovers()).to.deep.equal([]);
    const [killed = ''] = (await readdir(falldown.out)).filter((name) => name.includes('small-matrix'));
    expect(await journalOf(killed, 'first')).to.include('"run.ended"');
    expect(await journalOf(killed, 'second')).to.not.include('"run.ended"');
  });
});

async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 50));
}
