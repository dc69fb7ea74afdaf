/** The kubelet's restart back-off: at once, then 10 s, 20 s … 5 min; forgotten after 10 min of running (kubelet's MaxContainerBackOff and its doubling reset). */
export class RestartBackoff {
  #next = 0;

  /** Seconds to wait before the next start of a container that ran for `ranSeconds`. */
  afterExit(ranSeconds: number): number {
    if (ranSeconds >= 600) this.#next = 0;
    const wait = this.#next;
    this.#next = wait === 0 ? 10 : Math.min(300, wait * 2);
    return wait;
  }
}
