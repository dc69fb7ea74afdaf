import type { JournalEntry } from '../../harness/journal/events.ts';
import { startSampler } from '../../harness/observe/sampler/sampler.ts';

// The API sampler alone in a process, as vegeta is: sampled.ts SERVER TOKEN REQUESTS-PER-SECOND SECONDS → JSON.
const [server = '', token = '', perSecond, seconds] = process.argv.slice(2);
const JUST_SENT_SECONDS = 0.5;
const waited: number[] = [];
const due: number[] = [];
let failed = 0;
const tell = (entry: JournalEntry) => {
  if (entry.type !== 'samples') return;
  waited.push(...entry.waited);
  due.push(...entry.due);
  // Those that were just sent when it stopped are no failures.
  const givenUp = (entry.censored ?? []).filter((i) => (entry.waited[i] ?? 0) > JUST_SENT_SECONDS);
  failed += (entry.failed?.length ?? 0) + givenUp.length;
};
const target = { server, headers: { authorization: `Bearer ${token}` }, tls: { rejectUnauthorized: false } };
const request = { class: 'list-page', via: 'direct', method: 'GET', path: '/api/v1/pods?limit=1' } as const;
const series = { ...request, target, everySeconds: 1 / Number(perSecond), offsetSeconds: 0 };
const own = { writes: [], timeoutSeconds: 90, gatewayDeadlineSeconds: null, nowSeconds: 0 };
const stop = await startSampler({ requests: [series], ...own }, tell);
// Its first request is due a fifth of a second after it began.
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000 + 200));
await stop();
process.stdout.write(JSON.stringify({ waited, due, failed }));
