import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { reasonOf } from '../../errors.ts';
import type { JournalEntry } from '../../journal/events.ts';
import type { FromSampler, SamplerConfig } from './messages.ts';

/** It posts its last samples at once; a thread that hangs is ended. */
const STOP_MILLISECONDS = 2000;

/** Where samples go: the journal of a run, or a bench. */
export type Told = (entry: JournalEntry) => void;

export interface Sampling extends Omit<SamplerConfig, 'zero'> {
  /** Seconds of the run by now. */
  nowSeconds: number;
  /** The gateway's deadline; null without a gateway. */
  gatewayDeadlineSeconds: number | null;
}

/**
 * Starts the API sampler in a thread of its own and tells what it measures, once a second. A sampler that dies says so:
 * what is not sampled must not pass for good latency. Resolves when it has begun, with what stops it after its last
 * sample was told.
 */
export async function startSampler(sampling: Sampling, tell: Told): Promise<() => Promise<void>> {
  const { nowSeconds, gatewayDeadlineSeconds, ...config } = sampling;
  const zero = process.hrtime.bigint() - BigInt(Math.round(nowSeconds * 1e9));
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: { ...config, zero } satisfies SamplerConfig,
    // Answers are thrown away as they come, so it needs little; a young generation of 48 MB would count as the harness's memory.
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
  });
  let over = false;
  let asked = false;
  const dead = (reason: string) => {
    if (over) return;
    over = true;
    tell({ type: 'sampler', part: 'sampler', op: 'stopped', reason });
  };
  const { timeoutSeconds } = config;
  const series = [
    ...config.requests.map(({ class: name, via, everySeconds }) => ({ class: name, via, everySeconds })),
    ...config.writes.flatMap(({ everySeconds }) => [
      { class: 'create-configmap' as const, via: 'direct' as const, everySeconds },
      { class: 'delete-configmap' as const, via: 'direct' as const, everySeconds: null },
      { class: 'watch-delay' as const, via: 'direct' as const, everySeconds: null },
    ]),
  ];
  tell({ type: 'sampler', part: 'sampler', op: 'started', series, timeoutSeconds, gatewayDeadlineSeconds });
  worker.on('message', (message: FromSampler) => {
    if ('started' in message) return;
    if ('stopped' in message) {
      over = true;
      tell({ type: 'sampler', part: 'sampler', op: 'stopped' });
      return;
    }
    for (const batch of message.samples) tell({ type: 'samples', ...batch });
    if (message.health !== undefined) tell({ type: 'sampler', part: 'sampler', op: 'alive', ...message.health });
  });
  worker.on('error', (error) => dead(`the sampler's thread failed: ${reasonOf(error)}`));
  worker.on('exit', () => dead("the sampler's thread ended"));
  // Either it begins, or it died and has said so.
  await Promise.race([once(worker, 'message'), once(worker, 'exit')]).catch(() => undefined);
  worker.unref();
  return async () => {
    if (over || asked) return;
    asked = true;
    worker.ref();
    worker.postMessage('stop');
    await once(worker, 'exit', { signal: AbortSignal.timeout(STOP_MILLISECONDS) }).catch(() => worker.terminate());
  };
}
