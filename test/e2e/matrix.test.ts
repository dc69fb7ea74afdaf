import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { processesOf } from '../../harness/processes.ts';
import { appears, Falldown } from './falldown.ts';

const SMALL = fileURLToPath(new URL('./small-matrix.spec.ts', import.meta.url));
const INTRUDERS = ['one', 'two', 'three', 'four', 'five'].map((name) => `intruder-${name}`);
const GUESTS = ['guest-one', 'guest-two'];

describe('a matrix that is killed in the middle', function () {
  this.timeout(300_000);
  let falldown: Falldown;
  /** The first run's folder, and the journal of the cell that it had finished. */
  let killed: string;
  let finished: string;

  before(async () => {
    falldown = await Falldown.make();
  });
  after(() => falldown.dispose());

  const journalOf = (run: string, cell: string) =>
    readFile(join(falldown.out, run, 'cells', cell, 'journal.ndjson'), 'utf8');

  it('leaves nothing after cleanup, and has lost no more than the cell that was running', async () => {
    const run = falldown.start(['run', SMALL, '--pods', '100', '--out', falldown.out]);
    await appears(run, 'second: refused, too');
    run.child.kill('SIGKILL');
    expect((await run.done).code).to.equal(137);
    const [cluster = ''] = await falldown.clusters();
    expect(processesOf(cluster)).to.have.length.above(5);
    const cleaned = await falldown.run(['cleanup']);
    expect(cleaned.code, cleaned.stderr).to.equal(0);
    expect(processesOf(cluster)).to.deep.equal([]);
    expect(await falldown.leftovers()).to.deep.equal([]);
    [killed = ''] = (await readdir(falldown.out)).filter((name) => name.includes('small-matrix'));
    finished = await journalOf(killed, 'first');
    expect(finished).to.include('"run.ended"');
  });

  it('goes on with --resume, and lists every violating pod that another client slipped in meanwhile', async () => {
    const run = falldown.start(['run', SMALL, '--resume', killed, '--out', falldown.out]);
    await appears(run, 'open: let through what cannot be asked');
    const [cluster = ''] = await falldown.clusters();
    await slipIn(join(falldown.home, 'falldown', 'clusters', cluster, 'kubeconfig'), run.done);
    const { code, stderr } = await run.done;
    expect(code, stderr).to.equal(0);

    const { runId, experiments } = await falldown.result('small-matrix');
    expect(runId).to.not.equal(killed);
    expect(await journalOf(runId, 'first')).to.equal(finished);
    const cells = experiments[0]?.cells ?? [];
    expect(cells.map(({ name, verdict }) => `${name} ${verdict}`)).to.deep.equal([
      'first holds',
      'second holds',
      'open holds',
    ]);
    const { violatingPods, violatingPodsAdmitted } = cells.at(-1)!.values;
    const listed = String(violatingPods).split(', ');
    expect(listed).to.have.length(Number(violatingPodsAdmitted));
    expect(listed.filter((pod) => pod.startsWith('default/'))).to.have.members(
      INTRUDERS.map((name) => `default/${name}`),
    );
    expect(await falldown.leftovers()).to.deep.equal([]);
  });
});

/** Somebody else, with a client of their own, tries until the gate lets each pod in: some may not be there, some may. */
async function slipIn(kubeconfig: string, ended: Promise<unknown>): Promise<void> {
  const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'somebody-else' });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const spec = { schedulerName: 'nobody', containers: [{ name: 'main', image: 'busybox' }] };
  for (const name of [...INTRUDERS, ...GUESTS]) {
    const labels = GUESTS.includes(name) ? { team: 'guests' } : {};
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec };
    const made = () =>
      client.create(pathOf('Pod', { namespace: 'default' }), pod).then(
        () => true,
        () => false,
      );
    while (!over && !(await made())) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await client.close();
}
