import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { holdName, isNameHeld, whileHolding } from '../../../harness/machine-name.ts';
import { failureOf } from '../kube/fake-api.ts';

const MODULE = new URL('../../../harness/machine-name.ts', import.meta.url).href;

describe('names that one process of the machine can hold', () => {
  const name = `test-${process.pid}-${Math.random().toString(36).slice(2)}`;

  it('are held until they are released', async () => {
    expect(await isNameHeld(name)).to.equal(false);
    const release = await holdName(name);
    expect(release).to.be.a('function');
    expect(await isNameHeld(name)).to.equal(true);
    expect(await holdName(name)).to.equal(undefined);
    release?.();
    expect(await isNameHeld(name)).to.equal(false);
  });

  it('go with their holder, also when it is killed', async () => {
    const code = `import { holdName } from '${MODULE}'; await holdName('${name}'); console.log('held'); setInterval(() => {}, 1e6)`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      expect(await holdName(name)).to.equal(undefined);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await isNameHeld(name)).to.equal(false);
      const release = await holdName(name);
      expect(release).to.be.a('function');
      release?.();
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('let one at a time work, and are free after work that failed', async () => {
    const { signal } = new AbortController();
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => whileHolding(name, work, signal)));
    expect(most).to.equal(1);
    const broken = whileHolding(name, () => Promise.reject(new Error('no')), signal);
    expect((await failureOf(broken)).message).to.equal('no');
    expect(await isNameHeld(name)).to.equal(false);
  });

  it('are not waited for after an abort', async () => {
    const release = await holdName(name);
    const stop = new AbortController();
    const waiting = whileHolding(name, async () => 'never', stop.signal);
    stop.abort();
    expect((await failureOf(waiting)).name).to.equal('AbortError');
    release?.();
  });
});
