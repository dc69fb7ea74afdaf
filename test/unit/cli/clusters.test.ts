import { existsSync } from 'node:fs';
import { expect } from 'chai';
import type { KnownCluster } from '../../../harness/cli/cluster-list.ts';
import { age } from '../../../harness/cli/clusters.ts';
import { processesOf } from '../../../harness/processes.ts';
import { alive, falldown, Home, unique } from './falldown.ts';

describe('clusters and down', function () {
  this.timeout(20_000);
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.close());

  it('says so when there are none', async () => {
    expect(await falldown(['clusters'], home.env)).to.deep.include({
      code: 0,
      stdout: '',
      stderr: 'no clusters; falldown up makes one\n',
    });
    expect((await falldown(['clusters', '-o', 'json'], home.env)).stdout).to.equal('[]\n');
  });

  it('lists a running, kept one and a stopped one of a living run', async () => {
    const [kept, used] = [unique('kept'), unique('used')];
    home.ledger(kept, { keep: true });
    home.ledger(used, { title: 'run admission-deadlock', owner: alive(), startedAt: new Date().toISOString() });
    await home.process(kept);

    const { stdout } = await falldown(['clusters'], home.env);
    const [header, first, second] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(header).to.deep.equal(['NAME', 'PROVIDER', 'MADE BY', 'AGE', 'STATE', 'KEPT', 'OWNER']);
    expect(first).to.deep.equal([kept, 'embedded', 'up', '3h', 'running', 'yes', 'gone']);
    expect(second?.slice(4)).to.deep.equal(['stopped', 'no', `alive (pid ${process.pid})`]);

    const list = JSON.parse((await falldown(['clusters', '-o', 'json'], home.env)).stdout) as KnownCluster[];
    expect(list[0]).to.include({ name: kept, state: 'running', kept: true, ownerAlive: false });
    expect(list[0]?.kubeconfig).to.equal(`${home.state}/clusters/${kept}/kubeconfig`);
  });

  it('tells ages in one number', () => {
    expect([5, 119, 120, 7199, 7200, 172_799, 172_800].map(age)).to.deep.equal([
      '5s',
      '119s',
      '2m',
      '119m',
      '2h',
      '47h',
      '2d',
    ]);
  });

  it('down kills the processes, removes the folder and the record, and can be repeated', async () => {
    const name = unique('demo');
    const file = home.ledger(name, { keep: true });
    const folder = home.folder(name);
    await home.process(name);
    const { code, stdout } = await falldown(['down', name], home.env);
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: `removed cluster ${name} (up)\n` });
    expect(processesOf(name)).to.deep.equal([]);
    expect(existsSync(folder)).to.equal(false);
    expect(existsSync(home.ledgerPath(file))).to.equal(false);

    const again = await falldown(['down', name], home.env);
    expect(again.code).to.equal(2);
    expect(again.stderr).to.include('has removed it already');
    expect(await falldown(['down', '--all'], home.env)).to.deep.include({ code: 0, stdout: '' });
  });

  it('down removes nothing when one of the names is wrong', async () => {
    const name = unique('demo');
    home.ledger(name, { keep: true });
    const child = await home.process(name);
    const { code, stderr } = await falldown(['down', name, `${name}x`], home.env);
    expect(code).to.equal(2);
    expect(stderr).to.include(`did you mean “${name}”?`);
    expect(processesOf(name)).to.deep.equal([child.pid]);
  });

  it('down does not touch what no ledger knows, even with processes of that name', async () => {
    const name = unique('foreign');
    const folder = home.folder(name);
    await home.process(name);
    expect((await falldown(['down', name], home.env)).code).to.equal(2);
    expect((await falldown(['down', '--all'], home.env)).code).to.equal(0);
    expect(processesOf(name)).to.have.length(1);
    expect(existsSync(folder)).to.equal(true);
  });

  it('down refuses the cluster of a run that goes on; --all leaves it alone', async () => {
    const [used, idle] = [unique('used'), unique('idle')];
    home.ledger(used, { owner: alive(), title: 'run admission-deadlock' });
    home.ledger(idle, { keep: true });
    const { code, stderr } = await falldown(['down', idle, used], home.env);
    expect(code).to.equal(2);
    expect(stderr).to.include('CLUSTER_IN_USE').and.to.include(`pid ${process.pid}`);
    const all = await falldown(['down', '--all'], home.env);
    expect(all.stdout).to.equal(`removed cluster ${idle} (up)\n`);
    expect(all.stderr).to.include(`left alone: ${used}`);
  });
});
