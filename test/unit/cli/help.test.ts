import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { COMMANDS } from '../../../harness/cli/commands.ts';
import { falldown } from './falldown.ts';

const FOLDER = new URL('../../fixtures/help/', import.meta.url);
const HEAVY = ['zod', 'yaml', 'undici', '@kubernetes', 'mocha', 'chai', 'execa'];

/** `toolchain build` → `toolchain-build.txt`. */
const fileOf = (command: readonly string[]) => new URL(`${['falldown', ...command].join('-')}.txt`, FOLDER);

async function everyCommand(): Promise<string[][]> {
  const all: string[][] = [[]];
  for (const { name, load } of COMMANDS) {
    all.push([name]);
    for (const sub of (await load()).commands) all.push([name, sub.name()]);
  }
  return all;
}

// UPDATE_GOLDEN=1 writes the files anew; the difference is then read in the diff.
describe('help', function () {
  this.timeout(60_000);

  it('of every command is what its golden file says', async () => {
    mkdirSync(FOLDER, { recursive: true });
    for (const command of await everyCommand()) {
      const { code, stdout, stderr } = await falldown([...command, '--help']);
      expect({ command, code, stderr }).to.deep.equal({ command, code: 0, stderr: '' });
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(fileOf(command), stdout);
      expect(stdout, fileOf(command).pathname).to.equal(readFileSync(fileOf(command), 'utf8'));
    }
  });

  it('has examples for every command', async () => {
    for (const command of await everyCommand()) {
      const text = readFileSync(fileOf(command), 'utf8');
      expect(text, command.join(' ')).to.match(/\nExamples?:\n {2}\S/);
    }
  });

  it('has no golden file of a command that is gone', async () => {
    const wanted = (await everyCommand()).map((command) => fileOf(command).pathname.split('/').at(-1));
    expect(readdirSync(FOLDER)).to.have.members(wanted as string[]);
  });

  it('is the same by `help NAME` and `NAME --help`', async () => {
    const [a, b] = await Promise.all([falldown(['help', 'up']), falldown(['up', '--help'])]);
    expect(a.stdout).to.equal(b.stdout).and.to.include('--no-gatekeeper');
  });

  it('is as wide as COLUMNS', async () => {
    const { stdout } = await falldown(['up', '--help'], { COLUMNS: '120' });
    expect(stdout.split('\n').some((line) => line.length > 80)).to.equal(true);
  });

  it('loads none of the heavy libraries', async () => {
    const spy = `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => { process.stderr.write(url + '\\n'); return next(url, context); } });`;
    const hook = `data:text/javascript,${encodeURIComponent(spy)}`;
    const { stderr } = await falldown(['--help'], {}, ['--import', hook]);
    expect(stderr).to.include('node_modules/commander/');
    for (const name of HEAVY) expect(stderr).not.to.include(`node_modules/${name}/`);
  });

  it('ends quietly when its reader goes away', async () => {
    const { execFile } = await import('node:child_process');
    const bin = new URL('../../../bin/falldown.js', import.meta.url).pathname;
    const script = `"${process.execPath}" "${bin}" --help | true; exit "\${PIPESTATUS[0]}"`;
    const stderr = await new Promise<string>((resolve) => {
      execFile('bash', ['-c', script], (_error, _stdout, text) => resolve(text));
    });
    expect(stderr).to.equal('');
  });
});
