import type { WatchState } from '../../../harness/journal/events.ts';
import type { RecordProcess } from '../provider.ts';
import { watchNode } from './node-watch.ts';

/** Watches the containers of all real nodes, of those too that join later. */
export class ContainerWatch {
  readonly #nodes: readonly string[];
  #follow: ((node: string) => Promise<void>) | undefined;

  constructor(nodes: readonly string[]) {
    this.#nodes = nodes;
  }

  /**
   * Watches for as long as `signal` lives. Blind as long as one node is out of sight: a container of any of them may end
   * meanwhile. Resolves when all nodes are in sight.
   */
  watch(record: RecordProcess, signal: AbortSignal): Promise<void> {
    const sight = new Sight(this.#nodes, (state) => record({ type: 'watch', kind: 'Process', ...state }));
    const all = Promise.all(this.#nodes.map((node) => watchNode(node, record, sight, signal)));
    void all.then(() => sight.stopped());
    this.#follow = (node) =>
      new Promise((resolve) => {
        const gained = () => {
          sight.gained(node);
          resolve();
        };
        const lost = (_: string, reason: string) => sight.lost(node, reason);
        void watchNode(node, record, { gained, lost }, signal).then(resolve);
      });
    return Promise.race([sight.complete, all.then(() => undefined)]);
  }

  /** Watches one more node, for as long as the others. Resolves when it is in sight; at once when nothing is watched. */
  async add(node: string): Promise<void> {
    await this.#follow?.(node);
  }
}

type State = Pick<WatchState, 'op' | 'reason' | 'seconds'>;

/** From the sight of each node to that of all of them. */
export class Sight {
  readonly #out: Set<string>;
  readonly #tell: (state: State) => void;
  readonly #complete = Promise.withResolvers<void>();
  #synced = false;
  #blindSince: number | undefined;

  constructor(nodes: readonly string[], tell: (state: State) => void) {
    this.#out = new Set(nodes);
    this.#tell = tell;
  }

  /** Resolves when all nodes were in sight for the first time. */
  get complete(): Promise<void> {
    return this.#complete.promise;
  }

  gained(node: string): void {
    this.#out.delete(node);
    if (this.#out.size > 0) return;
    if (!this.#synced) this.#tell({ op: 'synced' });
    else if (this.#blindSince !== undefined) {
      this.#tell({ op: 'resumed', seconds: (performance.now() - this.#blindSince) / 1000 });
    }
    this.#synced = true;
    this.#blindSince = undefined;
    this.#complete.resolve();
  }

  lost(node: string, reason: string): void {
    this.#out.add(node);
    if (!this.#synced || this.#blindSince !== undefined) return;
    this.#blindSince = performance.now();
    this.#tell({ op: 'gap', reason: `${node}: ${reason}` });
  }

  stopped(): void {
    this.#tell({ op: 'stopped' });
  }
}
