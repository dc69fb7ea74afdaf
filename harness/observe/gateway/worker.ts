// The gateway's thread: what passes through it must cost neither the harness nor the sampler any time.
import { parentPort, workerData } from 'node:worker_threads';
import { threadCost } from '../sampler/health.ts';
import { selfSigned } from './certificate.ts';
import { openProxy, type ProxyOptions } from './proxy.ts';

const HEALTH_MILLISECONDS = 5000;

const port = parentPort!;
const { key, cert } = selfSigned();
const proxy = await openProxy({ ...(workerData as Pick<ProxyOptions, 'upstream' | 'deadlineSeconds'>), key, cert });
port.postMessage({ port: proxy.port, cert });
const telling = setInterval(() => port.postMessage({ cost: threadCost() }), HEALTH_MILLISECONDS);

port.on('message', async () => {
  clearInterval(telling);
  port.postMessage({ cost: threadCost() });
  await proxy.close();
  port.close();
});
