import { expect } from 'chai';
import { appears, Falldown } from '../e2e/falldown.ts';
import { needsDocker } from '../kind/docker.ts';
import { SecondDocker } from './second-docker.ts';

/** The image, what two nodes unpack of it, and the 6 GB that the host check asks for. */
const DISK_GIGABYTES = 10;

// Against a Docker of its own: the machine's is not to be stopped.
describe('what goes wrong around a kind cluster', function () {
  this.timeout(600_000);
  let docker: SecondDocker;
  let falldown: Falldown;

  before(async function () {
    await needsDocker.call(this);
    if (process.getuid?.() !== 0) this.skip();
    const own = await Falldown.make();
    const image = (await own.run(['images', 'build'])).stdout.trim();
    await own.dispose();
    docker = await SecondDocker.start(DISK_GIGABYTES);
    await docker.copyImage(image);
    falldown = await Falldown.make(docker.prefix);
  });
  afterEach(async () => {
    if (docker !== undefined) await cleaned();
  });
  after(async () => {
    await falldown?.dispose();
    await docker?.dispose();
  });

  const run = (args: readonly string[]) => falldown.start([...args], docker.env);
  const flagship = () => run(['run', '--on', 'kind', '--pods', '60', '--out', falldown.out]);
  const upAndDown = async () => {
    const up = await run(['up', '--on', 'kind', '--no-gatekeeper', '--name', 'next']).done;
    expect(up.code, up.stderr).to.equal(0);
    expect((await run(['down', 'next']).done).code).to.equal(0);
  };
  /** One `cleanup` leaves nothing: no container, network, volume, folder or record. */
  const cleaned = async () => {
    const { code, stderr } = await run(['cleanup']).done;
    expect(code, stderr).to.equal(0);
    expect(await docker.things()).to.deep.equal([]);
    expect(await falldown.leftovers()).to.deep.equal([]);
  };

  it('falldown is killed while its nodes start: one cleanup leaves nothing', async () => {
    const going = flagship();
    await waitForContainers();
    going.child.kill('SIGKILL');
    await going.done;
    expect((await docker.things()).join()).to.match(/container .*network /);
    await cleaned();
  });

  it('a worker is killed: the run is inconclusive, and cleans up', async () => {
    const going = flagship();
    await appears(going, '✓ fan-out');
    const worker = (await docker.things()).find((thing) => /^container .*-worker$/.test(thing)) ?? '';
    await docker.docker('kill', worker.replace('container ', ''));
    const { code, stderr } = await going.done;
    expect(code, stderr).to.equal(3);
    expect((await falldown.result('admission-deadlock')).verdict).to.equal('inconclusive');
    expect(await docker.things()).to.deep.equal([]);
  });

  it('Docker is stopped: the run is inconclusive, cleanup says what it waits for, and all is well when it is back', async () => {
    const going = flagship();
    await appears(going, '✓ gatekeeper');
    await docker.stopDaemon('SIGTERM');
    const { code, stderr } = await going.done;
    expect(code, stderr).to.be.oneOf([3, 5]);
    expect((await falldown.result('admission-deadlock')).verdict).to.equal('inconclusive');
    const early = await run(['cleanup']).done;
    expect(early.code).to.equal(5);
    expect(early.stderr)
      .to.match(/Docker/)
      .and.to.include('falldown host setup');
    await docker.startDaemon();
    await cleaned();
    await upAndDown();
  });

  it('the disk is nearly full: refused before anything is made, with a remedy', async () => {
    const undo = await docker.fillDisk(1e9);
    const { code, stderr } = await flagship().done;
    undo();
    expect(code, stderr).to.equal(3);
    expect(stderr).to.include('docker disk').and.to.include('HOST_UNFIT');
    expect(await docker.things()).to.deep.equal([]);
  });

  it('the disk runs full: inconclusive, and the next cluster comes up', async () => {
    const going = flagship();
    await appears(going, '✓ control plane');
    const undo = await docker.fillDisk();
    const { code, stderr } = await going.done;
    undo();
    expect(code, stderr).to.be.oneOf([3, 5]);
    await cleaned();
    await upAndDown();
  });

  async function waitForContainers(): Promise<void> {
    while (!(await docker.things()).some((thing) => thing.includes('-worker'))) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
});
