import { realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processControl } from '../../clusters/providers/embedded/process-control.ts';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import type { Bench, Claim } from './claim.ts';
import { at, describe, openSides } from './sampler-side.ts';

const PER_SECOND = 50;
const SECONDS = 20;
const STALL_SECONDS = 5;
const BEFORE_SECONDS = 7;
/** A quarter of the requests wait, the first for all of the stall, the last for none of it. */
const IDEAL = { p95: 4, p99: 4.8, max: 5 };

export const claim: Claim = {
  name: 'sampler-stall',
  says: `an API server that is stopped for ${STALL_SECONDS} s of ${SECONDS} shows in p95, p99 and max within 3 % of what each request really waited`,
  ours: 'the API sampler: furthest of p95, p99 and max from the ideal, 1 being there',
  theirs: 'the ideal: 4.0, 4.8 and 5.0 s',
  unit: '×',
  ratio: { atMost: 1.03 },
  runs: 3,

  async open(say, signal): Promise<Bench> {
    const sides = await openSides(signal);
    const progress = { step: () => () => undefined, say: () => undefined };
    const { paths } = await ensure(['kube-apiserver'], { progress, signal });
    const binaries = { 'kube-apiserver': realpathSync(paths.get('kube-apiserver') as string) };
    const admin = () => Promise.reject(new Error('not asked for'));
    const control = processControl({ cluster: sides.cluster, binaries, admin });
    return {
      async ours() {
        const sampling = sides.ours(PER_SECOND, SECONDS);
        sampling.catch(() => undefined);
        await delay(BEFORE_SECONDS * 1000, undefined, { signal });
        const release = await control.pause('kube-apiserver');
        await delay(STALL_SECONDS * 1000);
        await release();
        const measured = await sampling;
        const { waited, due, failed } = measured;
        const found = { p95: at(waited, 0.95), p99: at(waited, 0.99), max: waited.at(-1) ?? Number.NaN };
        say(
          `${describe(measured)}, p95 ${found.p95.toFixed(2)} s, p99 ${found.p99.toFixed(2)} s, max ${found.max.toFixed(2)} s`,
        );
        // Each that was due is there: none was left out because the server was not answering.
        if (failed > 0 || due.length < PER_SECOND * SECONDS - 2)
          throw new Error(`${due.length} requests, ${failed} failed`);
        const off = Object.entries(IDEAL).map(([name, ideal]) =>
          Math.abs(found[name as keyof typeof found] / ideal - 1),
        );
        return 1 + Math.max(...off);
      },
      theirs: async () => 1,
      close: sides.close,
    };
  },
};
