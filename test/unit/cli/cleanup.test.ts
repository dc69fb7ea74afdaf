import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { cleanup } from '../../../harness/cli/cleanup.ts';
import type { ProviderOf } from '../../../harness/cli/remove.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { PROVIDER_FILE } from '../../../harness/paths.ts';
import { processesOf } from '../../../harness/processes.ts';
import { readLedgers } from '../../../harness/run/ledger.ts';
import { alive, falldown, Home, unique } from './falldown.ts';

describe('cleanup', function () {
  this.timeout(20_000);
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.close());
  const clean = (...args: string[]) => falldown(['cleanup', ...args], home.env);

  it('says when there is nothing', async () => {
    expect(await clean()).to.deep.equal({ code: 0, stdout: '', stderr: 'nothing to clean up\n' });
  });

  it('removes what a dead run has left, once', async () => {
    const name = unique('crashed');
    const file = home.ledger(name, { title: 'run admission-deadlock' });
    const folder = home.folder(name);
    await home.process(name);
    const { code, stdout } = await clean();
    expect(stdout).to.equal(`removed cluster ${name} (run admission-deadlock, ${file.runId})\n`);
    expect(code).to.equal(0);
    expect(processesOf(name)).to.deep.equal([]);
    expect(existsSync(folder)).to.equal(false);
    expect(readLedgers()).to.deep.equal([]);
    expect((await clean()).stderr).to.equal('nothing to clean up\n');
    expect(await clean('--run', file.runId)).to.include({ code: 0, stderr: 'nothing to clean up\n' });
  });

  it('removes the record of a run that died before it made anything', async () => {
    home.ledger('x', { resources: [] });
    expect((await clean()).stdout).to.match(/removed record of .*which left nothing/);
    expect(readLedgers()).to.deep.equal([]);
  });

  it('leaves kept clusters until --all, and those of living runs even then', async () => {
    const [kept, used] = [unique('kept'), unique('used')];
    home.ledger(kept, { keep: true });
    home.ledger(used, { owner: alive() });
    await Promise.all([home.process(kept), home.process(used)]);
    const plain = await clean();
    expect(plain.stdout).to.equal('');
    expect(plain.stderr)
      .to.include(`kept: ${kept}`)
      .and.to.include('is going on')
      .and.to.include('nothing to clean up');
    expect(processesOf(kept)).to.have.length(1);

    expect((await clean('--all')).stdout)
      .to.include(`removed cluster ${kept}`)
      .and.not.to.include(used);
    expect(processesOf(kept)).to.deep.equal([]);
    expect(processesOf(used)).to.have.length(1);
  });

  it('--run takes that run alone, by a part of its id, even when it is going on', async () => {
    const [one, other] = [unique('one'), unique('other')];
    const file = home.ledger(one, { owner: alive(), runId: '20260101T000000Z-starvation-0000aa' });
    home.ledger(other);
    await Promise.all([home.process(one), home.process(other)]);
    expect((await clean('--run', 'starvation')).stdout).to.include(`removed cluster ${one}`);
    expect(existsSync(home.ledgerPath(file))).to.equal(false);
    expect(processesOf(other)).to.have.length(1);
  });

  it('asks which run when several match', async () => {
    home.ledger(unique('a'), { runId: '20260101T000000Z-up-0000aa' });
    home.ledger(unique('b'), { runId: '20260101T000000Z-up-0000bb' });
    const { code, stderr } = await clean('--run', '-up-');
    expect(code).to.equal(2);
    expect(stderr).to.include('several runs match').and.to.include('0000aa').and.to.include('0000bb');
  });

  it('removes a cluster that no record mentions, but not one that a living falldown is making', async () => {
    const [orphan, making] = [unique('orphan'), unique('making')];
    const [folder, busy] = [home.folder(orphan), home.folder(making)];
    await home.process(orphan);
    // Stands in for a falldown that is starting its control plane: a process of the cluster below one called falldown.
    const { spawn } = await import('node:child_process');
    const script = 'FALLDOWN_CLUSTER="$1" sleep 300 & wait';
    const maker = spawn('bash', ['-c', script, '/usr/bin/falldown', making], { stdio: 'ignore' });
    try {
      while (processesOf(making).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect((await clean()).stdout).to.equal(`removed cluster ${orphan}, which no record mentions\n`);
      expect(processesOf(orphan)).to.deep.equal([]);
      expect(existsSync(folder)).to.equal(false);
      expect(existsSync(busy)).to.equal(true);
      expect(processesOf(making)).to.have.length(1);
    } finally {
      for (const pid of processesOf(making)) process.kill(pid, 'SIGKILL');
      maker.kill('SIGKILL');
    }
  });

  it('removes locks of the dead and old temporary files, and no others', async () => {
    const old = new Date(Date.now() - 2 * 3600_000);
    mkdirSync(home.state, { recursive: true });
    const lock = (name: string, text: string) => writeFileSync(join(home.state, name), text);
    lock('dead.lock', JSON.stringify({ pid: 2 ** 22 + 1, startTicks: '1' }));
    lock('held.lock', JSON.stringify(alive()));
    lock('nameless.lock', '');
    lock('just-made.lock', '');
    utimesSync(join(home.state, 'nameless.lock'), old, old);
    for (const name of ['falldown-helm-old', 'falldown-helm-new', 'somebody-elses']) {
      mkdirSync(join(home.env.TMPDIR, name));
      writeFileSync(join(home.env.TMPDIR, name, 'values.yaml'), '');
      if (name !== 'falldown-helm-new') utimesSync(join(home.env.TMPDIR, name), old, old);
    }
    const { code, stdout } = await clean();
    expect(code).to.equal(0);
    expect(stdout.trimEnd().split('\n')).to.deep.equal([
      `removed lock ${home.state}/dead.lock`,
      `removed lock ${home.state}/nameless.lock`,
      `removed ${home.env.TMPDIR}/falldown-helm-old`,
    ]);
    const there = (...names: string[]) => names.map((name) => existsSync(join(home.state, name)));
    expect(there('dead.lock', 'held.lock', 'nameless.lock', 'just-made.lock')).to.deep.equal([
      false,
      true,
      false,
      true,
    ]);
    expect(existsSync(join(home.env.TMPDIR, 'falldown-helm-new'))).to.equal(true);
    expect(existsSync(join(home.env.TMPDIR, 'somebody-elses'))).to.equal(true);
  });

  it('has a cluster that no record mentions removed by its own kind of provider alone', async () => {
    const [made, unnamed] = [unique('made'), unique('unnamed')];
    writeFileSync(join(home.folder(made), PROVIDER_FILE), 'kind');
    home.folder(unnamed);
    const asked: string[] = [];
    await cleanup({}, async (provider) => ({ down: async (name) => void asked.push(`${provider} ${name}`) }));
    expect(asked.filter((line) => line.endsWith(made))).to.deep.equal([`kind ${made}`]);
    expect(asked.filter((line) => line.endsWith(unnamed))).to.have.length(3);
  });

  it('goes on after something would not go, keeps its record, and exits with 5', async () => {
    const [stuck, loose] = [unique('stuck'), unique('loose')];
    home.ledger(stuck);
    home.ledger(loose);
    const down: string[] = [];
    const providerOf: ProviderOf = async () => ({
      down: async (name) => {
        down.push(name);
        if (name === stuck) throw new Error('pid 7 does not die');
      },
    });
    const error = await cleanup({}, providerOf).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(FalldownError).with.property('exitCode', 5);
    expect((error as FalldownError).message)
      .to.include(stuck)
      .and.to.include('pid 7 does not die');
    expect(down).to.have.members([stuck, loose]);
    expect(readLedgers().map((file) => file.resources[0]?.name)).to.deep.equal([stuck]);
  });

  it('kills the processes that a run had beside it, by their mark', async () => {
    const mark = unique('metrics');
    await home.process(mark);
    home.ledger('x', { title: 'run lying-metrics', resources: [{ kind: 'processes', provider: 'host', name: mark }] });
    const { code, stdout } = await clean();
    expect(code).to.equal(0);
    expect(stdout).to.include(`removed processes ${mark}`);
    expect(processesOf(mark)).to.deep.equal([]);
    expect(readLedgers()).to.deep.equal([]);
  });

  it('says what it cannot remove instead of forgetting it', async () => {
    const resources = [{ kind: 'cluster' as const, provider: 'nowhere', name: 'prod' }];
    home.ledger('x', { resources });
    const { code, stderr } = await clean();
    expect(code).to.equal(5);
    expect(stderr).to.include('cluster prod');
    expect(readLedgers()[0]?.resources).to.deep.equal(resources);
  });
});
