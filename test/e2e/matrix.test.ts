import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { processesOf } from '../../harness/processes.ts';
import { until } from '../until.ts';
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
    await until(() => run.text().split('second: refused, too')[1]?.includes('✓ deadlock') === true, 240);
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

  it('is finished by --resume, and names every forbidden pod that somebody else got in while the rules were gone', async () => {
    const run = falldown.start(['run', SMALL, '--resume', 'latest', '--out', falldown.out]);
    await appears(run, 'third: the way out');
    await until(() => run.text().split('third: the way out')[1]?.includes('✓ deadlock') === true, 240);
    const strangers = await slipIn(5, run.done);
    const { code, stderr, stdout } = await run.done;
    expect(code, stderr + stdout).to.equal(0);
    const cells = (await falldown.result('small-matrix')).experiments[0]?.cells ?? [];
    expect(cells.map(({ name, verdict }) => `${name} ${verdict}`)).to.deep.equal([
      'first holds',
      'second holds',
      'third holds',
    ]);
    const listed = String(cells[2]?.values.violatingPods).split(', ');
    expect(listed.filter((pod) => pod.startsWith('default/'))).to.have.members(strangers);
    expect(listed).to.have.length(Number(cells[2]?.values.violatingPodsAdmitted));
    expect(await falldown.leftovers()).to.deep.equal([]);
  });

  /** Another client, which knows nothing of the run: tries until as many forbidden pods are in as it wants. */
  async function slipIn(count: number, ended: Promise<unknown>): Promise<string[]> {
    const [cluster = ''] = await falldown.clusters();
    const kubeconfig = join(falldown.home, 'falldown', 'clusters', cluster, 'kubeconfig');
    const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'stranger' });
    const { profile } = loadProfile({ profile: 'recovery-race' });
    const { spec } = profile.gatekeeper.probes.violating as { spec: unknown };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'stranger-' }, spec };
    let over = false;
    void ended.then(() => {
      over = true;
    });
    const inside: string[] = [];
    while (inside.length < count && !over) {
      const made = await client.create(pathOf('Pod', { namespace: 'default' }), pod).catch(() => undefined);
      if (made === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
      else inside.push(`default/${made.metadata.name}`);
    }
    await client.close();
    expect(inside).to.have.length(count);
    return inside;
  }
});
