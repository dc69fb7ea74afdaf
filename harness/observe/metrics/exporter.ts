import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exposition, type QueueNow } from './queue.ts';

export interface Source {
  /** `host:port`; a client that only sends has none. */
  address: string;
  /** Ends it at once, as a killed process ends: connections are reset, nobody listens any more. */
  end(): void;
}

/** Publishes the queue at /metrics on a free port of this host. */
export async function startExporter(now: () => QueueNow): Promise<Source> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(exposition(now()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    end() {
      server.close();
      server.closeAllConnections();
    },
  };
}
