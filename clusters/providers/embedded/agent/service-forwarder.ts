import { connect, createServer, type Server, type Socket } from 'node:net';
import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { KubeClient } from '../../../../harness/kube/client.ts';
import type { Credentials } from '../../../../harness/kube/credentials.ts';
import type { KubeObject } from '../../../../harness/kube/object.ts';
import { watch } from '../../../../harness/kube/watch.ts';
import { DELAY_ANNOTATION, delayed } from './delay-line.ts';
import { loopbackOf } from './pod-address.ts';

interface Backend {
  host: string;
  port: number;
}

/**
 * kube-proxy's part: ClusterIPs are loopback addresses here, so that this process can listen on `ClusterIP:port` and
 * pass connections on to a ready endpoint. With no ready endpoint nothing listens, so a caller gets "connection
 * refused", as kube-proxy's REJECT rule answers.
 */
export class ServiceForwarder {
  readonly #services = new Map<string, V1Service>();
  readonly #slices = new Map<string, V1EndpointSlice>();
  /** `ip:port` → its listener. */
  readonly #listeners = new Map<string, Listener>();
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  async run(base: Credentials, signal: AbortSignal): Promise<void> {
    const client = new KubeClient(base, { actor: 'service-forwarder', connections: 4 });
    const follow = <T>(path: string, into: Map<string, T>) =>
      watch<KubeObject>(
        client,
        path,
        {},
        {
          onObject: (op, object) => {
            const uid = object.metadata.uid ?? '';
            if (op === 'deleted') into.delete(uid);
            else into.set(uid, object as unknown as T);
            this.sync();
          },
        },
        signal,
      );
    const services = follow('/api/v1/services', this.#services);
    const slices = follow('/apis/discovery.k8s.io/v1/endpointslices', this.#slices);
    await Promise.all([services.done, slices.done]);
    for (const listener of this.#listeners.values()) listener.close();
  }

  sync(): void {
    const wanted = new Map<string, { backends: Backend[]; delaySeconds: number }>();
    for (const service of this.#services.values()) {
      const ip = service.spec?.clusterIP;
      // The API server serves its own Service; nothing in these clusters calls it by that address.
      if (ip === undefined || ip === 'None' || service.metadata?.name === 'kubernetes') continue;
      const delaySeconds = Number(service.metadata?.annotations?.[DELAY_ANNOTATION] ?? 0) || 0;
      for (const port of service.spec?.ports ?? []) {
        if ((port.protocol ?? 'TCP') !== 'TCP') continue;
        wanted.set(`${ip}:${port.port}`, { backends: this.#backends(service, port.name), delaySeconds });
      }
    }
    for (const [address, listener] of this.#listeners) {
      if ((wanted.get(address)?.backends ?? []).length > 0) continue;
      listener.close();
      this.#listeners.delete(address);
    }
    for (const [address, { backends, delaySeconds }] of wanted) {
      if (backends.length === 0) continue;
      let listener = this.#listeners.get(address);
      if (listener === undefined) {
        listener = new Listener(address, this.#warn);
        this.#listeners.set(address, listener);
      }
      listener.backends = backends;
      listener.delaySeconds = delaySeconds;
    }
  }

  /** Ready endpoints; if there are none, those that still serve while they terminate, as kube-proxy does. */
  #backends(service: V1Service, portName: string | undefined): Backend[] {
    const ready: Backend[] = [];
    const draining: Backend[] = [];
    for (const slice of this.#slices.values()) {
      if (slice.metadata?.namespace !== service.metadata?.namespace) continue;
      if (slice.metadata?.labels?.['kubernetes.io/service-name'] !== service.metadata?.name) continue;
      const port = slice.ports?.find((p) => (p.name ?? '') === (portName ?? ''))?.port;
      if (port === undefined) continue;
      for (const endpoint of slice.endpoints ?? []) {
        const host = loopbackOf(endpoint.addresses[0] ?? '');
        const { ready: isReady = true, serving, terminating } = endpoint.conditions ?? {};
        if (isReady) ready.push({ host, port });
        else if (serving === true && terminating === true) draining.push({ host, port });
      }
    }
    return ready.length > 0 ? ready : draining;
  }
}

class Listener {
  backends: Backend[] = [];
  /** How much later what callers send reaches them. */
  delaySeconds = 0;
  readonly #server: Server;

  constructor(address: string, warn: (message: string) => void) {
    const [host, port] = address.split(':') as [string, string];
    this.#server = createServer({ noDelay: true }, (client) => this.#forward(client));
    this.#server.on('error', (error) => warn(`cannot listen on ${address}: ${error.message}`));
    this.#server.listen(Number(port), host);
  }

  close(): void {
    // Open connections end with their backend's process, not with the list of endpoints, as in kube-proxy.
    this.#server.close();
  }

  #forward(client: Socket): void {
    const backend = this.backends[Math.floor(Math.random() * this.backends.length)];
    if (backend === undefined) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: backend.host, port: backend.port, noDelay: true });
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('error', end).on('close', end);
    upstream.on('error', end).on('close', end);
    delayed(client, upstream, () => this.delaySeconds);
    upstream.pipe(client);
  }
}
