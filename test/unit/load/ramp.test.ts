import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import type { Mark } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import type { Clients } from '../../../harness/load/clients/messages.ts';
import { Ramp } from '../../../harness/load/ramp.ts';
import { Live } from '../../../harness/observe/live.ts';

const gatekeeper = { phase: 'Running', ready: true, priority: 0, deleting: false, name: 'kyverno-0' };
const { profile } = loadProfile({ profile: 'starvation', set: ['workloads.encoding.pods=64'] });

describe('the ramp', () => {
  let dir: string;
  let journal: Journal;
  let live: Live;
  let marks: Mark[];
  let crowds: Clients[];
  /** How many pods run of those that were asked for, and what else happens then. */
  let grow: (pods: number) => { ok: boolean; message?: string; run?: number };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-ramp-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    live = new Live();
    live.gatekeepers.set('u', gatekeeper);
    [marks, crowds] = [[], []];
    journal.subscribe((e) => e.type === 'mark' && marks.push(e));
    grow = () => ({ ok: true });
  });
  afterEach(() => {
    journal.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const run = async () => {
    const parts = {
      profile,
      people: new Map(),
      journal,
      live,
      runId: 'r1',
      signal: new AbortController().signal,
      clients: { be: async (crowd: Partial<Clients>) => void crowds.push(crowd as Clients) },
      fanOut: {
        growTo: async (pods: number) => {
          const { ok, message = '', run: running = pods } = grow(pods);
          live.encoding.Running = running;
          return { ok, code: ok ? 200 : 500, message };
        },
      },
    };
    await new Ramp(parts, { stepSeconds: 0.02, podsWithinSeconds: 0.1 }).run();
    return marks.at(-1)?.data ?? {};
  };
  const steps = () => marks.filter((m) => m.name === 'ramp.step').map((m) => m.data?.pods);

  it('doubles pods and clients up to those of the profile', async () => {
    expect(await run()).to.deep.equal({ step: 7, of: 7, reason: 'all steps were made' });
    expect(steps()).to.deep.equal([1, 2, 4, 8, 16, 32, 64]);
    expect(crowds.map((c) => c.dashboards)).to.deep.equal([1, 2, 4, 8, 16, 32, 64]);
    expect(crowds.map((c) => c.controllers)).to.deep.equal([1, 1, 1, 2, 4, 8, 16]);
  });

  it('ends where pods do not run any more, the Job may not grow, or the gatekeeper is lost', async () => {
    grow = (pods) => (pods > 4 ? { ok: true, run: 5 } : { ok: true });
    expect(await run()).to.deep.include({ step: 4, reason: '5 of 8 pods ran after 0.1 s' });
    grow = (pods) => (pods > 2 ? { ok: false, message: 'no' } : { ok: true });
    expect(await run()).to.deep.include({ step: 3, reason: 'the Job could not grow any more: no' });
    grow = () => {
      live.gatekeepers.clear();
      return { ok: true };
    };
    expect((await run()).reason).to.include('the gatekeeper was lost');
    expect(marks.at(-2)?.name).to.equal('ramp.step-ended');
  });
});
