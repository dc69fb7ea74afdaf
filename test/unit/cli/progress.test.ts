import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { ConsoleProgress } from '../../../harness/cli/progress.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import type { Journal, Listener } from '../../../harness/journal/writer.ts';
import { Live } from '../../../harness/observe/live.ts';
import { until } from '../../until.ts';

describe('ConsoleProgress', () => {
  const write = process.stderr.write;
  let text = '';
  let progress: ConsoleProgress;
  beforeEach(() => {
    text = '';
    process.stderr.write = ((chunk: string) => {
      text += stripVTControlCharacters(chunk);
      return true;
    }) as typeof write;
    progress = new ConsoleProgress(1);
  });
  afterEach(() => {
    progress.stop();
    process.stderr.write = write;
  });
  /** Finished steps, without their times. */
  const lines = () =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ \d+(\.\d+)? s$/, ''));

  it('leaves a line for each step that ended, with what came of it and its time', () => {
    progress.step('binaries')('all cached');
    progress.step('control plane')();
    expect(lines()).to.deep.equal(['✓ binaries: all cached', '✓ control plane']);
    expect(text).to.match(/^✓ binaries: all cached 0\.0 s$/m);
  });

  it('marks a step that failed', () => {
    progress.step('building etcd')('failed');
    expect(lines()).to.deep.equal(['✗ building etcd: failed']);
  });

  it('says how far the innermost step is, and goes back to the outer one after it', async function () {
    this.timeout(20_000);
    const outer = progress.step('binaries');
    const inner = progress.step('building etcd', () => '7 packages compiled');
    await until(() => /building etcd: 7 packages compiled/.test(text), 15);
    inner();
    await until(() => / {2}binaries\n/.test(text), 15);
    outer();
    expect(lines().at(-1)).to.equal('✓ binaries');
  });

  it('says once in a phase what was refused in the same way, and then how often', () => {
    const listeners: Listener[] = [];
    const journal = { subscribe: (told: Listener) => listeners.push(told) } as unknown as Journal;
    progress.follow(journal, new Live());
    const tell = (entry: object) => {
      for (const told of listeners) told({ seq: 1, t: 0, at: '', ...entry } as JournalEvent);
    };
    const refused = (actor: string, pod: string) =>
      tell({ type: 'request', actor, verb: 'delete', object: `Pod/n/${pod}`, code: 500, message: 'no gatekeeper' });
    tell({ type: 'phase.started', phase: 'deadlock', title: 'nothing goes' });
    for (const pod of ['a', 'b', 'c']) refused('node-agent', pod);
    refused('infra-oncall', 'a');
    tell({ type: 'phase.ended', phase: 'deadlock', ok: true });
    tell({ type: 'phase.started', phase: 'later', title: 'still' });
    refused('node-agent', 'd');
    expect(lines()).to.deep.equal([
      '    node-agent delete Pod/n/a: 500 no gatekeeper',
      '    infra-oncall delete Pod/n/a: 500 no gatekeeper',
      '✓ deadlock: nothing goes',
      '    node-agent delete Pod: 500, 2 more',
      '    node-agent delete Pod/n/d: 500 no gatekeeper',
    ]);
  });
});
