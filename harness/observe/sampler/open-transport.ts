import { once } from 'node:events';
import { connect } from 'node:tls';
import { Http1Transport } from './http1-transport.ts';
import { Http2Transport } from './http2-transport.ts';
import type { Target } from './messages.ts';
import type { Transport } from './transport.ts';

/** HTTP/2 if the server speaks it, else HTTP/1.1 with at most 32 connections: more would make a stall worse than it is. */
export async function openTransport(target: Target): Promise<Transport> {
  return (await transportsTo(target))();
}

/** The same for many clients of one server: what it speaks is asked once, and each call gives connections of their own. */
export async function transportsTo(target: Target): Promise<() => Transport> {
  const http2 = await speaksHttp2(target);
  return () => (http2 ? new Http2Transport(target) : new Http1Transport(target));
}

async function speaksHttp2({ server, tls }: Target): Promise<boolean> {
  const { protocol, hostname, port } = new URL(server);
  if (protocol !== 'https:') return false;
  const socket = connect({ host: hostname, port: Number(port || 443), ALPNProtocols: ['h2', 'http/1.1'], ...tls });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(10_000) });
    return socket.alpnProtocol === 'h2';
  } catch {
    // It does not answer now; an API server speaks HTTP/2.
    return true;
  } finally {
    socket.destroy();
  }
}
