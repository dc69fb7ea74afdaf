import { createSocket } from 'node:dgram';
import type { Source } from './exporter.ts';
import { QUEUE_METRICS, type QueueNow } from './queue.ts';

/** Sends the queue as StatsD gauges, once for each prefix, as a service does that pushes its metrics. */
export function startStatsdClient(
  now: () => QueueNow,
  to: { host: string; port: number },
  prefixes: readonly string[],
  everySeconds: number,
): Source {
  const socket = createSocket('udp4');
  // What is lost on the way is lost, as StatsD has it.
  socket.on('error', () => undefined);
  const send = () => {
    const queue = now();
    for (const prefix of prefixes) {
      const lines = QUEUE_METRICS.map(([name, , , of]) => `${prefix}.${name}:${queue[of]}|g`);
      socket.send(lines.join('\n'), to.port, to.host, () => undefined);
    }
  };
  const timer = setInterval(send, everySeconds * 1000);
  send();
  return {
    address: '',
    end() {
      clearInterval(timer);
      socket.close();
    },
  };
}
