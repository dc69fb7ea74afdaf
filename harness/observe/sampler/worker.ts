// The sampler's thread. It shares nothing with the harness but messages, so that neither delays the other.
import { parentPort, workerData } from 'node:worker_threads';
import { threadHealth } from './health.ts';
import type { FromSampler, SamplerConfig, Target } from './messages.ts';
import { openLoop } from './open-loop.ts';
import { openTransport } from './open-transport.ts';
import { askForRealTime } from './real-time.ts';
import { Lateness, Recorder } from './recorder.ts';
import type { Transport } from './transport.ts';
import { Writes } from './writes.ts';

const TELL_MILLISECONDS = 1000;
const HEALTH_EVERY = 5;
const SWEEP_MILLISECONDS = 500;
/** Time to open the first connections before the first request is due. */
const WARM_UP_MILLISECONDS = 200;

const config = workerData as SamplerConfig;
const port = parentPort!;
const post = (message: FromSampler) => port.postMessage(message);

const offset = Number(process.hrtime.bigint() - config.zero) / 1e6 - performance.now();
/** Milliseconds of the run. */
const now = () => performance.now() + offset;

const realTime = askForRealTime();
const lateness = new Lateness();
const health = threadHealth(lateness);
const stops: (() => void)[] = [];
const series: { recorder: Recorder; transport: Transport }[] = [];

async function open(target: Target, of: ConstructorParameters<typeof Recorder>[0]) {
  const transport = await openTransport(target);
  const recorder = new Recorder(of, transport.protocol, now);
  series.push({ recorder, transport });
  return { recorder, transport };
}

const ready = await Promise.all(config.requests.map(async (r) => ({ ...r, ...(await open(r.target, r)) })));
const writers = await Promise.all(
  config.writes.map(async (w) => {
    const { recorder: created, transport } = await open(w.target, { class: 'create-configmap', via: 'direct' });
    const watch = await open(w.target, { class: 'watch-delay', via: 'direct' });
    const deleted = new Recorder({ class: 'delete-configmap', via: 'direct' }, transport.protocol, now);
    series.push({ recorder: deleted, transport });
    return new Writes(w, transport, watch.transport, { created, deleted, seen: watch.recorder }, now);
  }),
);

post({ started: true });
const zero = now() + WARM_UP_MILLISECONDS;
for (const { recorder, transport, method, path, body, everySeconds, offsetSeconds } of ready) {
  const ask = { method, path, body };
  const send = (due: number) => {
    lateness.add(now() - due);
    recorder.begin(due, (done) => transport.ask(ask, done));
  };
  stops.push(openLoop(zero + offsetSeconds * 1000, everySeconds * 1000, send, now));
}
for (const writer of writers) {
  writer.start(zero, lateness);
  stops.push(() => writer.stop());
}

const sweep = setInterval(() => {
  for (const { recorder, transport } of series) {
    if (recorder.giveUp(config.timeoutSeconds * 1000)) transport.renew();
  }
}, SWEEP_MILLISECONDS);

let turns = 0;
const tell = () => {
  const samples = series.flatMap(({ recorder }) => recorder.take() ?? []);
  const due = turns++ % HEALTH_EVERY === 0;
  if (samples.length > 0 || due) post({ samples, ...(due ? { health: { ...health(), realTime } } : {}) });
};
const telling = setInterval(tell, TELL_MILLISECONDS);

port.on('message', () => {
  for (const stop of stops) stop();
  clearInterval(sweep);
  clearInterval(telling);
  // Nobody waits any longer for what is still open; that it was open is worth knowing.
  for (const { recorder } of series) recorder.giveUp(0);
  turns = 0;
  tell();
  for (const { transport } of series) transport.close();
  post({ stopped: true });
  port.close();
});
