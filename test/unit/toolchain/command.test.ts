import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { identityOf } from '../../../harness/processes.ts';
import { until } from '../../until.ts';
import { type Bench, bench } from './workbench.ts';

const command = pathToFileURL(path.resolve(import.meta.dirname, '../../../harness/cli/toolchain.ts')).href;
const MAIN = `const { toolchainCommand } = await import('${command}');
await toolchainCommand().parseAsync(process.argv.slice(1), { from: 'user' });`;
const argv = (...args: string[]): string[] => ['--input-type=module', '-e', MAIN, '--', ...args];

describe('falldown toolchain', function () {
  // Each case starts node once or more; a busy machine takes its time over that.
  this.timeout(20_000);
  let b: Bench;
  beforeEach(async () => {
    b = await bench();
    b.env.FALLDOWN_PINS = path.join(b.folder, 'pins.yaml');
  });
  afterEach(() => b.close());

  const run = (...args: string[]) => promisify(execFile)(process.execPath, argv(...args), { env: b.env });

  it('build makes the default set with progress on stderr, path and list find it', async () => {
    const built = await run('build');
    expect(built.stdout.split('\n').map((l) => l.split(/ +/).slice(0, 3).join(' '))).to.deep.equal([
      'alpha 1.2.3 build',
      'beta 1.2.3 build',
      '',
    ]);
    expect(built.stderr).to.contain('building alpha 1.2.3 (1 of 2)');
    expect(built.stderr).not.to.contain('\u001b');
    const file = (await run('path', 'alpha')).stdout.trim();
    expect(await readFile(file, 'utf8')).to.equal('built\n');
    const lines = JSON.parse((await run('list', '-o', 'json')).stdout) as { path: string; state: string }[];
    expect(lines.map((l) => l.state)).to.deep.equal(['cached', 'cached']);
    expect(lines[0]?.path).to.equal(file);
    expect((await run('list')).stdout).to.match(/alpha +1\.2\.3 +cached \(0 MB, built\) +example\.org\/greek@v1\.2\.3/);
  });

  it('SIGINT ends a build with 130, its compilers too, and leaves no file', async () => {
    const slow = path.join(b.folder, 'go-on');
    const child = spawn(process.execPath, argv('build', 'alpha'), { env: { ...b.env, GO_SLOW: slow } });
    const exit = once(child, 'exit');
    await until(() =>
      stat(`${slow}.pid`).then(
        (s) => s.size > 0,
        () => false,
      ),
    );
    const compiler = Number(await readFile(`${slow}.pid`, 'utf8'));
    child.kill('SIGINT');
    expect((await exit)[0]).to.equal(130);
    await until(async () => identityOf(compiler) === undefined);
    expect(await b.cached()).to.deep.equal([]);
  });

  it('a build killed outright is taken up by the next one', async () => {
    const slow = path.join(b.folder, 'go-on');
    const child = spawn(process.execPath, argv('build', 'alpha'), { env: { ...b.env, GO_SLOW: slow } });
    const exit = once(child, 'exit');
    await until(() =>
      stat(`${slow}.pid`).then(
        (s) => s.size > 0,
        () => false,
      ),
    );
    child.kill('SIGKILL');
    await exit;
    expect(await readdir(path.join(b.cache, 'locks'))).to.have.lengthOf(1);
    await writeFile(slow, '');
    expect((await run('build', 'alpha')).stdout).to.match(/^alpha +1\.2\.3 +build/);
    expect(await readdir(path.join(b.cache, 'locks'))).to.deep.equal([]);
  });
});
