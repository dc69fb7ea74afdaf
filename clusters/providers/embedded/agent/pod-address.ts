/**
 * EndpointSlices refuse loopback addresses, and nothing can listen on a made-up one. So a pod's official address is
 * 10.N.x.y, and its process listens on 127.N.x.y: the same address with another first octet, and no table to keep.
 */
export function loopbackOf(podIP: string): string {
  return podIP.replace(/^10\./, '127.');
}

/** Hands out 10.N.128.1 … 10.N.255.254, oldest freed last, so that a new pod never meets a dying one's sockets. */
export class PodAddresses {
  readonly #octet: number;
  readonly #kept = new Set<string>();
  #next = 1;

  constructor(octet: number) {
    this.#octet = octet;
  }

  /** An address that a pod got from an earlier agent stays that pod's: it is not handed out. */
  keep(podIP: string): void {
    this.#kept.add(podIP);
  }

  take(): string {
    const n = this.#next;
    // 127 × 254 addresses; by the time it wraps around, the first pods are long gone.
    this.#next = (n % (127 * 254)) + 1;
    const podIP = `10.${this.#octet}.${128 + Math.floor((n - 1) / 254)}.${((n - 1) % 254) + 1}`;
    return this.#kept.has(podIP) ? this.take() : podIP;
  }
}
