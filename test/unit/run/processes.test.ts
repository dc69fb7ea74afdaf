import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { CLUSTER_MARK, identityOf, isAlive, killProcessesOf, processesOf } from '../../../harness/processes.ts';
import { until } from '../../until.ts';

describe('processes', () => {
  let children: ChildProcess[];
  beforeEach(() => {
    children = [];
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  const start = async (command: string, args: string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } });
    children.push(child);
    await once(child, 'spawn');
    return child;
  };

  it('are known by number and start time', () => {
    const me = identityOf(process.pid);
    expect(me?.pid).to.equal(process.pid);
    expect(Number(me?.startTicks)).to.be.above(0);
    expect(isAlive(me!)).to.equal(true);
    expect(isAlive({ ...me!, startTicks: '1' })).to.equal(false);
    expect(identityOf(2 ** 22 + 1)).to.equal(undefined);
  });

  it('are read right whatever their name: blanks and brackets are allowed in it', async () => {
    const child = await start(process.execPath, ['-e', "process.title = ') R 1 (x y'; setInterval(() => {}, 1e6)"]);
    const me = identityOf(process.pid)!;
    const ticks = () => Number(identityOf(child.pid!)?.startTicks);
    expect(ticks()).to.be.at.least(Number(me.startTicks));
  });

  it('that have died are not alive, also as zombies that nobody has buried', async () => {
    // The shell becomes `sleep`, which never asks for its child: that stays a zombie.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(parent);
    let out = '';
    parent.stdout.on('data', (chunk) => {
      out += chunk;
    });
    await until(() => out.endsWith('\n'));
    const pid = Number(out);
    await until(() => identityOf(pid) === undefined);
    expect(identityOf(parent.pid!)).not.to.equal(undefined);
  });

  it('are found and killed by the mark of their cluster, children too, and no others', async () => {
    const cluster = `unit-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
    const marked = await start('sh', ['-c', 'trap "" TERM; sleep 300 & sleep 300; true'], { [CLUSTER_MARK]: cluster });
    const other = await start('sleep', ['300'], { [CLUSTER_MARK]: `${cluster}-2` });
    await until(() => processesOf(cluster).length === 3 && processesOf(`${cluster}-2`).length === 1);
    expect(processesOf(cluster)).to.include(marked.pid);
    expect(await killProcessesOf(cluster)).to.deep.equal([]);
    expect(processesOf(cluster)).to.deep.equal([]);
    expect(processesOf(`${cluster}-2`)).to.deep.equal([other.pid]);
  });

  it('of a cluster that is not there need no killing', async () => {
    expect(await killProcessesOf(`none-${process.pid}`)).to.deep.equal([]);
  });
});
