import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { identityOf } from '../../../harness/processes.ts';
import { Ledger, ownerLives, type Resource, readLedgers } from '../../../harness/run/ledger.ts';
import { until } from '../../until.ts';

const CHILD = new URL('./ledger-child.ts', import.meta.url).pathname;
const cluster = (name: string): Resource => ({ kind: 'cluster', provider: 'embedded', name });

describe('ledger', () => {
  let dir: string;
  let before: string | undefined;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-ledger-'));
    before = process.env.XDG_STATE_HOME;
    process.env.XDG_STATE_HOME = dir;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(dir, { recursive: true, force: true });
  });

  const files = () => readdirSync(join(dir, 'falldown', 'ledger'));
  const onDisk = (runId: string) => JSON.parse(readFileSync(join(dir, 'falldown', 'ledger', `${runId}.json`), 'utf8'));

  it('is empty where there was never a run', () => {
    expect(readLedgers()).to.deep.equal([]);
  });

  it('has a resource on disk when record returns: before it is made', () => {
    const ledger = Ledger.open('r1', 'run x', '/runs/r1');
    ledger.record(cluster('a'));
    expect(onDisk('r1')).to.deep.include({
      runId: 'r1',
      title: 'run x',
      keep: false,
      resources: [cluster('a')],
      runDir: '/runs/r1',
      owner: identityOf(process.pid),
    });
    ledger.record(cluster('b'));
    ledger.forget(cluster('a'));
    expect(onDisk('r1').resources).to.deep.equal([cluster('b')]);
  });

  it('is forgotten when nothing is left, and stays when something is', () => {
    const ledger = Ledger.open('r1', 'up');
    ledger.record(cluster('a'));
    ledger.close();
    expect(readLedgers()).to.have.length(1);
    ledger.forget(cluster('a'));
    ledger.close();
    expect(files()).to.deep.equal([]);
    ledger.close();
  });

  it('remembers what is meant to outlive its maker', () => {
    const ledger = Ledger.open('r1', 'up');
    ledger.record(cluster('a'));
    ledger.keep();
    ledger.close();
    expect(readLedgers()[0]).to.include({ keep: true });
  });

  it('can be adopted, by somebody who then crosses out what is gone', () => {
    Ledger.open('r1', 'up').record(cluster('a'));
    const adopted = Ledger.adopt(readLedgers()[0]!);
    adopted.forget(cluster('a'));
    expect(onDisk('r1').resources).to.deep.equal([]);
    adopted.close();
    expect(readLedgers()).to.deep.equal([]);
  });

  it('lists runs by the time they started', async () => {
    for (const runId of ['z', 'a', 'm']) {
      Ledger.open(runId, 'up');
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(readLedgers().map(({ runId }) => runId)).to.deep.equal(['z', 'a', 'm']);
  });

  it('of a run that was killed still names what it was making, and that nobody is there', async () => {
    const child = spawn(process.execPath, [CHILD, 'crashed'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const [file] = readLedgers();
      expect(file?.resources).to.deep.equal([cluster('of-crashed')]);
      expect(ownerLives(file!)).to.equal(true);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(ownerLives(readLedgers()[0]!)).to.equal(false);
      expect(ownerLives({ ...file!, owner: null })).to.equal(false);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('can be read while runs begin and end around the reader', async () => {
    const children = ['a', 'b'].map((id) => spawn(process.execPath, [CHILD, id, '150'], { stdio: 'inherit' }));
    let done = 0;
    const exits = children.map(async (child) => {
      const [code] = await once(child, 'exit');
      done += 1;
      return code as number;
    });
    let seen = 0;
    await until(() => {
      for (const file of readLedgers()) {
        expect(file.resources.length).to.be.within(0, 1);
        seen += 1;
      }
      return done === 2;
    });
    expect(await Promise.all(exits)).to.deep.equal([0, 0]);
    expect(seen).to.be.above(0);
    expect(existsSync(join(dir, 'falldown', 'ledger')) && files()).to.deep.equal([]);
  });
});
