import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CommandOptions, runCommand } from '../../harness/command.ts';
import type { FalldownError } from '../../harness/errors.ts';

const plain: CommandOptions = { what: 'it broke', timeoutSeconds: 20 };
const sh = (script: string, options: Partial<CommandOptions> = {}) =>
  runCommand('sh', ['-c', script], { ...plain, ...options });
const failureOf = (running: Promise<unknown>) =>
  running.then(
    () => expect.fail('it did not fail'),
    (error: FalldownError) => error.failure,
  );

describe('runCommand', () => {
  it('gives what the command printed, and it what it reads', async () => {
    expect(await sh('echo one; echo two >&2')).to.equal('one');
    expect(await sh('cat', { input: 'text' })).to.equal('text');
    expect(await sh('cat', { from: ['echo', 'piped'] })).to.equal('piped');
    expect(await sh('echo $WORD', { env: { WORD: 'w' } })).to.equal('w');
    expect(await sh('cat'), 'nothing to read').to.equal('');
  });

  it('fails with a line that can be pasted, the last words, and the given code', async () => {
    const failure = await failureOf(
      sh('seq 20; echo oh >&2; exit 3', { code: 'APT_FAILED', kind: 'setup', next: 'do' }),
    );
    expect(failure).to.include({ code: 'APT_FAILED', kind: 'setup', what: 'it broke', next: 'do' });
    expect(failure.on).to.match(/^sh -c '/);
    expect(failure.seen?.split('\n')).to.have.length(12);
    expect(failure.seen).to.match(/20\noh$/);
    expect(failure).not.to.have.property('limitSeconds');
  });

  it('fails when what it reads from fails, and when it does not exist', async () => {
    const source = await failureOf(sh('cat', { from: ['sh', '-c', 'echo gone >&2; exit 1'] }));
    expect(source.seen).to.contain('gone');
    const absent = await failureOf(runCommand('no-such-command', [], plain));
    expect(absent.seen).to.contain('no-such-command');
  });

  it('says that it ran out of time, and throws what it was stopped with', async () => {
    expect(await failureOf(sh('exec sleep 20', { timeoutSeconds: 0.1 }))).to.include({ limitSeconds: 0.1 });
    const stop = new AbortController();
    const stopped = sh('exec sleep 20', { signal: stop.signal });
    stop.abort(new Error('enough'));
    expect(await stopped.catch((error: Error) => error.message)).to.equal('enough');
  });

  it('keeps what was printed in a log, whatever came of it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'falldown-command-'));
    const log = join(dir, 'log');
    try {
      await sh('echo good', { log });
      await failureOf(sh('echo bad; exit 1', { log }));
      expect(await readFile(log, 'utf8')).to.match(/^\$ sh -c 'echo good'\ngood\n\$ sh -c .*\nbad\n$/);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
