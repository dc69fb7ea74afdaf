import { JournalView } from '../../../harness/check/journal-view.ts';
import { measure } from '../../../harness/check/measures.ts';
import type { JournalEvent, PodState } from '../../../harness/journal/events.ts';

/** `node test/unit/check/index-speed.ts [events]`: prints the seconds and the memory that indexing a big journal takes. */
const total = Number(process.argv[2] ?? 200_000);
const LIVES: Partial<PodState>[] = [
  {},
  { node: 'n1' },
  { phase: 'Running' },
  { ready: true },
  { phase: 'Succeeded' },
  { deleting: true },
];

function* synthetic(): Generator<JournalEvent> {
  const pods = Math.floor(total / LIVES.length);
  let seq = 0;
  const line = () => ({ seq: ++seq, t: seq / 2000, at: new Date(seq).toISOString() });
  yield { ...line(), type: 'watch', kind: 'Pod', op: 'synced' };
  yield { ...line(), type: 'mark', name: 'fanout.started', data: { pods } };
  for (const [step, words] of LIVES.entries()) {
    for (let index = 0; index < pods; index++) {
      const state = {
        phase: 'Pending',
        ready: false,
        priority: 0,
        deleting: false,
        owner: 'Job/encode',
        role: 'encoding',
        index,
        ...words,
      };
      const op = step === 0 ? 'added' : 'modified';
      // Through JSON, as a reader makes them: strings of their own, nothing shared.
      yield JSON.parse(
        JSON.stringify({
          ...line(),
          type: 'object',
          kind: 'Pod',
          op,
          ns: 'default',
          name: `encode-${index}`,
          uid: `u${index}`,
          state,
        }),
      );
    }
  }
}

const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(2);
const start = performance.now();
const events = [...synthetic()];
console.log(`made ${events.length} events in ${seconds(start)} s`);
const indexing = performance.now();
const view = JournalView.from(events);
console.log(`indexed them in ${seconds(indexing)} s`);
const measuring = performance.now();
const { podsSucceeded } = measure(view);
console.log(`measured them in ${seconds(measuring)} s (${podsSucceeded} pods succeeded)`);
console.log(`resident ${Math.round(process.memoryUsage().rss / 1e6)} MB, the events themselves included`);
