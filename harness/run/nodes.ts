import type { NodeControl } from '../../clusters/providers/provider.ts';
import { FalldownError } from '../errors.ts';
import type { Fault } from '../faults/fault.ts';
import { type NodeDrain, nodeDrain } from '../faults/node-drain.ts';
import { nodePressure } from '../faults/node-pressure.ts';
import { EXPOSURE_NAMESPACE } from '../namespaces.ts';
import { clearOut } from '../people/node-work.ts';
import type { Person } from '../people/person.ts';
import { NotSeen, waitFor } from '../wait.ts';
import type { WorldParts } from './world.ts';

/** How often `kubectl drain` asks again for what a disruption budget refused. */
const DRAIN_RETRY_SECONDS = 5;
/** How long the gatekeeper must have been ready without a break to count as settled. */
const SETTLED_SECONDS = 5;
/** The kubelet's own words for whom it evicts and why. */
const RANKED = /pods ranked for eviction/;
const REFUSED = /failed calling webhook/;

/** What happens to real nodes, in the words that experiments are written in. */
export class Nodes {
  /** F6: memory runs short on the gatekeeper's node until its kubelet evicts; `revert` ends that. */
  readonly pressure: Fault;
  /** F6: the gatekeeper's node is cordoned and drained through the eviction API; `revert` uncordons it. */
  readonly drain: Fault;
  readonly #drain: NodeDrain;
  readonly #parts: WorldParts;
  readonly #names = new Map<string, string>();

  /** `recorded` lets a fault write itself into the journal. */
  constructor(parts: WorldParts, people: (name: string) => Person, recorded: (fault: Fault) => Fault) {
    this.#parts = parts;
    const { admin, profile, runId, signal } = parts;
    const pick = () => this.#gatekeepersNode();
    this.#drain = nodeDrain(() => people('platform-admin'), pick);
    this.drain = recorded(this.#drain);
    const { encoding, security } = profile.workloads;
    this.pressure = recorded(
      nodePressure({
        // Asked for when they are needed: clusters without such nodes have a world too.
        control: () => this.#control(),
        admin,
        user: () => people('batch-user'),
        platform: () => people('platform-admin'),
        namespace: encoding.namespace,
        labels: encoding.labels,
        priorityClassName: security.priorityClassName,
        runId,
        settled: () => this.#settled(),
        pick,
        signal,
      }),
    );
  }

  /** F10: a fresh machine comes up and begins to join. Its short name stands for it in the words below and in checks. */
  async join(name: string): Promise<void> {
    const { journal, signal } = this.#parts;
    const { node, ended } = await this.#control().join(name, signal);
    this.#names.set(name, node);
    this.#mark('node.joining', { name, node });
    void ended.then(({ exitCode, output }) => {
      this.#mark('node.join-ended', { name, node, exitCode });
      if (exitCode !== 0) journal.append({ type: 'note', text: `kubeadm join on ${node}: ${output}` });
    });
  }

  /** Waits until the node has an object: it has its certificate, and the API server knows it. */
  async registered(name: string, withinSeconds: number): Promise<void> {
    await this.#until(`node ${name} to register`, withinSeconds, () => this.#node(name) !== undefined);
  }

  /** Waits until the node is ready for pods. */
  async ready(name: string, withinSeconds: number): Promise<void> {
    const why = () => `${this.#node(name)?.reason ?? 'it is not registered'}: ${this.#node(name)?.message ?? ''}`;
    await this.#until(`node ${name} to be ready`, withinSeconds, () => this.#node(name)?.ready === true, why);
  }

  /** Waits for the node's kubelet to say that a webhook refused what it asked for. */
  async refused(name: string, withinSeconds: number): Promise<void> {
    const node = this.#names.get(name) ?? name;
    const line = await this.#until(`the kubelet of node ${name} to be refused`, withinSeconds, async () =>
      (await this.#control().kubeletLog(node, REFUSED)).at(-1),
    );
    this.#mark('kubelet.refused', { name, node, line });
  }

  /** Waits until the gatekeeper's node is short of memory, as its condition says, and writes down whom its kubelet chose. */
  async shortOfMemory(withinSeconds: number): Promise<void> {
    const { live } = this.#parts;
    const short = () => [...live.nodes].find(([, state]) => state.pressure?.includes('MemoryPressure'))?.[0];
    const node = await this.#until('a node to report MemoryPressure', withinSeconds, short);
    const ranking = await this.#until('the kubelet to rank pods for eviction', withinSeconds, async () =>
      (await this.#control().kubeletLog(node, RANKED)).at(-1),
    );
    this.#mark('kubelet.ranked', { node, line: ranking });
  }

  /** Waits until no node is short of memory any more. */
  async relieved(withinSeconds: number): Promise<void> {
    const { live } = this.#parts;
    const short = () => [...live.nodes.values()].some((state) => state.pressure?.includes('MemoryPressure'));
    await this.#until('MemoryPressure to end', withinSeconds, () => !short());
  }

  /** Waits until the kubelet has evicted the pod that filled the memory. */
  async hogEvicted(withinSeconds: number): Promise<void> {
    const { live } = this.#parts;
    const hogs = () => [...live.hogs].map(([name, { phase, reason }]) => `${name} ${phase} ${reason ?? ''}`).join('\n');
    const gone = () => [...live.hogs.values()].at(-1)?.reason === 'Evicted';
    await this.#until('the hog to be evicted', withinSeconds, gone, hogs);
  }

  /** Goes on draining until the node is empty. */
  async drained(withinSeconds: number): Promise<void> {
    let left = await this.#drain.advance();
    let asked = performance.now();
    await this.#until(
      `Node/${this.#drain.node} to be drained`,
      withinSeconds,
      async () => {
        if (performance.now() - asked > DRAIN_RETRY_SECONDS * 1000 || left.length === 0) {
          asked = performance.now();
          left = await this.#drain.advance();
        }
        return left.length === 0;
      },
      () => left.map(({ namespace, name }) => `Pod/${namespace}/${name} is still there`).join('\n'),
    );
    this.#mark('drain.passed', { node: this.#drain.node ?? '' });
  }

  /** Tries to drain the gatekeeper's node for so long, whatever comes of it, and uncordons it: a budget has no end of its own. */
  async tryToDrain(seconds: number): Promise<void> {
    await this.#drain.inject();
    try {
      await this.drained(seconds);
    } catch (error) {
      if (!(error instanceof NotSeen)) throw error;
      this.#mark('drain.given-up', { node: this.#drain.node ?? '', seconds });
    }
    await this.#drain.revert();
  }

  /** Deletes the pods that got in while nothing was enforced, so that they do not count in what comes next. */
  clearOut(person: Person): Promise<void> {
    return clearOut(person, EXPOSURE_NAMESPACE);
  }

  #node(name: string) {
    return this.#parts.live.nodes.get(this.#names.get(name) ?? name);
  }

  #gatekeepersNode(): string {
    const placed = [...this.#parts.live.gatekeepers.values()].find((pod) => pod.ready && !pod.deleting);
    if (placed?.node === undefined) throw new Error('no gatekeeper pod is ready on any node');
    return placed.node;
  }

  async #settled(): Promise<void> {
    const { live, journal } = this.#parts;
    let since = journal.now();
    await this.#until('the gatekeeper to stay ready', 90, () => {
      if (live.readyGatekeepers === 0) since = journal.now();
      return journal.now() - since >= SETTLED_SECONDS;
    });
  }

  #control(): NodeControl {
    const { capabilities, nodeControl, name } = this.#parts.handle;
    if (capabilities.realKubelets && nodeControl !== undefined) return nodeControl;
    throw new FalldownError({
      code: 'NO_REAL_NODES',
      kind: 'usage',
      what: 'the experiment needs nodes that are machines of falldown’s own, with real kubelets',
      on: `cluster ${name}`,
      next: 'falldown run NAME --on kind',
    });
  }

  #mark(name: string, data: Record<string, string | number>): void {
    this.#parts.journal.append({ type: 'mark', name, data });
  }

  #until<T>(
    what: string,
    timeoutSeconds: number,
    look: () => Promise<T> | T,
    seen?: () => string,
  ): Promise<NonNullable<T>> {
    const { signal } = this.#parts;
    return waitFor(look, { what, timeoutSeconds, signal, ...(seen === undefined ? {} : { seen }) });
  }
}
