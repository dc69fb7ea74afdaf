import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FalldownError, reasonOf } from '../../errors.ts';
import type { Credentials } from '../../kube/credentials.ts';
import type { Cost, Target } from '../sampler/messages.ts';
import type { Told } from '../sampler/sampler.ts';

const START_MILLISECONDS = 20_000;
const STOP_MILLISECONDS = 2000;

export interface Gateway {
  /** How it is reached; the user's own headers come on top. */
  server: string;
  tls: Target['tls'];
  stop(): Promise<void>;
}

type FromGateway = { port: number; cert: string } | { cost: Cost };

/**
 * Puts a gateway before an API server, in a thread of its own, and returns when it listens. It dies with this process.
 * @throws FalldownError GATEWAY_FAILED
 */
export async function startGateway(
  { server, tls }: Pick<Credentials, 'server' | 'tls'>,
  deadlineSeconds: number,
  tell: Told,
): Promise<Gateway> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { cert: _cert, key: _key, ...upstreamTls } = tls;
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    // Without the admin's own certificate: who asks is known by what they send along.
    workerData: { upstream: { server, tls: upstreamTls }, deadlineSeconds },
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
  });
  const first = await once(worker, 'message', { signal: AbortSignal.timeout(START_MILLISECONDS) }).catch((cause) => {
    void worker.terminate();
    throw new FalldownError({
      code: 'GATEWAY_FAILED',
      kind: 'infrastructure',
      what: 'the gateway before the API server did not start',
      on: server,
      seen: reasonOf(cause),
      next: 'leave it out: --set sampler.gatewayDeadlineSeconds=0',
      cause,
    });
  });
  const { port, cert } = first[0] as { port: number; cert: string };
  let over = false;
  const dead = (reason: string) => {
    if (over) return;
    over = true;
    tell({ type: 'sampler', part: 'gateway', op: 'stopped', reason });
  };
  tell({ type: 'sampler', part: 'gateway', op: 'started', gatewayDeadlineSeconds: deadlineSeconds });
  worker.on('message', (message: FromGateway) => {
    if ('cost' in message) tell({ type: 'sampler', part: 'gateway', op: 'alive', ...message.cost });
  });
  worker.on('error', (error) => dead(`the gateway's thread failed: ${reasonOf(error)}`));
  worker.on('exit', () => dead("the gateway's thread ended"));
  worker.unref();
  return {
    server: `https://127.0.0.1:${port}`,
    tls: { ca: cert },
    async stop() {
      if (over) return;
      over = true;
      worker.ref();
      worker.postMessage('stop');
      await once(worker, 'exit', { signal: AbortSignal.timeout(STOP_MILLISECONDS) }).catch(() => worker.terminate());
    },
  };
}
