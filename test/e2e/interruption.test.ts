import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { processesOf } from '../../harness/processes.ts';
import { appears, Falldown } from './falldown.ts';

/** Phases in which somebody may lose patience, by what the run says when it is in them. */
const MOMENTS = ['→', '✓ control plane', '✓ gatekeeper', '✓ fan-out', '✓ collision'];

describe('runs that are cut short', () => {
  let falldown: Falldown;

  before(async () => {
    falldown = await Falldown.make();
  });
  after(() => falldown.dispose());

  const flagship = () => falldown.start(['run', '--pods', '60', '--out', falldown.out]);

  for (const moment of MOMENTS) {
    it(`Ctrl-C after "${moment}" cleans up within 15 s and exits with 130`, async function () {
      this.timeout(90_000);
      const run = flagship();
      await appears(run, moment);
      const pressed = performance.now();
      run.child.kill('SIGINT');
      const { code, stderr } = await run.done;
      const seconds = (performance.now() - pressed) / 1000;
      expect(code, stderr).to.equal(130);
      expect(seconds).to.be.below(15);
      expect(await falldown.leftovers()).to.deep.equal([]);
      const { verdict, experiments } = await falldown.result('admission-deadlock');
      expect(verdict).to.equal('inconclusive');
      expect(experiments[0]?.ended?.how).to.equal('interrupted');
    });
  }

  it('after kill -9 one command removes processes, ports and folders, and the next cluster is not disturbed', async function () {
    this.timeout(120_000);
    const run = flagship();
    await appears(run, '✓ gatekeeper');
    run.child.kill('SIGKILL');
    await run.done;
    const [cluster] = await falldown.clusters();
    expect(processesOf(cluster as string)).to.have.length.above(5);
    const kubeconfig = await readFile(
      join(falldown.home, 'falldown', 'clusters', cluster as string, 'kubeconfig'),
      'utf8',
    );
    const port = Number(/server: https:\/\/127\.0\.0\.1:(\d+)/.exec(kubeconfig)?.[1]);
    expect(await listens(port)).to.equal(true);

    const cleaned = await falldown.run(['cleanup']);
    expect(cleaned.code, cleaned.stderr).to.equal(0);
    expect(processesOf(cluster as string)).to.deep.equal([]);
    expect(await listens(port)).to.equal(false);
    expect(await falldown.leftovers()).to.deep.equal([]);

    const next = await falldown.run(['up', '--no-gatekeeper', '--name', 'next']);
    expect(next.code, next.stderr).to.equal(0);
    expect((await falldown.run(['down', 'next'])).code).to.equal(0);
    const report = await falldown.run(['report', 'latest', '--out', falldown.out, '-o', 'json']);
    expect(report.code).to.equal(3);
    expect(JSON.parse(report.stdout).experiments[0].ended.how).to.equal('interrupted');
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
