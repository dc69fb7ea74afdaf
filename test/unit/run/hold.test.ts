import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FalldownError } from '../../../harness/errors.ts';
import { hold } from '../../../harness/hold.ts';
import { until } from '../../until.ts';
import { failureOf } from '../kube/fake-api.ts';

const HOLDING = join(import.meta.dirname, 'holding-child.ts');

describe('hold', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-hold-'));
    file = join(dir, 'held');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const script = 'touch "$1"; echo held; read -r; rm "$1"';

  it('lasts until it is released, and can be released twice', async () => {
    const release = await hold('make a file', ['bash', '-c', script, 'bash', file]);
    expect(existsSync(file)).to.equal(true);
    await release();
    expect(existsSync(file)).to.equal(false);
    await release();
  });

  it('does not outlast its process, even when that is killed', async () => {
    const child = spawn(process.execPath, [HOLDING, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(existsSync(file)).to.equal(true);
    child.kill('SIGKILL');
    await until(() => !existsSync(file));
  });

  it('says so when it could not be begun', async () => {
    const error = await failureOf(hold('make a file', ['bash', '-c', 'echo no such thing >&2; exit 3']));
    expect(error).to.be.instanceOf(FalldownError);
    expect((error as FalldownError).failure).to.include({ code: 'HOLD_FAILED', seen: 'no such thing' });
    expect((await failureOf(hold('x', ['/nowhere/at-all']))).message).to.contain('could not x');
  });
});
