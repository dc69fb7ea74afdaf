import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { reasonOf } from '../../../harness/errors.ts';
import type { ProcessChanged } from '../../../harness/journal/events.ts';
import { roleOf } from '../../../harness/labels.ts';
import { inNode } from './docker.ts';
import { type Described, describeContainer, type NodeEvent, parseNodeEvent } from './node-events.ts';

/** containerd's namespace of what the kubelet makes. */
const CTR = 'ctr -n k8s.io';
const ASK_SECONDS = 30;
const MARKER_SECONDS = 20;
const SEPARATOR = '---8<---';

/** Told of each container that starts or ends, with the time it happened (ISO 8601). */
export type Tell = (line: ProcessChanged, at: string) => void;

/**
 * What happens to the containers of one node, from its containerd's own events: polling would miss what lives briefly,
 * and know the time of nothing.
 */
export class NodeWatch {
  readonly #node: string;
  readonly #tell: Tell;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Described | undefined>();
  readonly #roles = new Map<string, string>();
  /** Containers that run, with their process number in the node; undefined before the first look. */
  #running: Map<string, number> | undefined;

  constructor(node: string, tell: Tell, signal: AbortSignal) {
    this.#node = node;
    this.#tell = tell;
    this.#signal = signal;
  }

  /** Follows the events until the stream breaks, which it throws. `onSight` is called once nothing is missed any more. */
  async follow(onSight: () => void): Promise<never> {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const stream = execa('docker', ['exec', this.#node, ...CTR.split(' '), 'events'], {
      cancelSignal: signal,
      forceKillAfterDelay: 500,
      stdin: 'ignore',
      buffer: { stdout: false },
      reject: false,
    });
    const marker = `falldown-${randomBytes(4).toString('hex')}`;
    const pending: NodeEvent[] = [];
    let wake = Promise.withResolvers<void>();
    const read = async () => {
      for await (const line of stream.iterable()) {
        const event = parseNodeEvent(String(line));
        if (event === undefined) continue;
        pending.push(event);
        wake.resolve();
      }
      const { stderr, shortMessage } = await stream;
      throw new Error(`the events of its containerd ended: ${stderr || shortMessage}`);
    };
    const work = async (): Promise<never> => {
      for (;;) {
        await wake.promise;
        wake = Promise.withResolvers();
        const batch = pending.splice(0);
        if (batch.some((e) => e.topic === '/namespaces/create' && e.body.name === marker)) {
          await this.#look();
          onSight();
        }
        await this.#apply(batch);
      }
    };
    try {
      return await Promise.race([read(), work(), this.#mark(marker, signal)]);
    } finally {
      stop.abort();
    }
  }

  /** Makes an event that is sure to come, again and again until it is sure to have come: the stream starts some time after its command. */
  async #mark(marker: string, signal: AbortSignal): Promise<never> {
    const script = `for i in 1 2 3 4 5; do ${CTR} namespaces create $1 && ${CTR} namespaces remove $1; sleep 0.2; done`;
    await this.#ask(script, [marker], MARKER_SECONDS, signal);
    return new Promise<never>(() => undefined);
  }

  /** Compares what runs now with what was known to run: what changed unseen is told with the time of this look. */
  async #look(): Promise<void> {
    const text = await this.#ask(`${CTR} tasks list`, []);
    const now = new Map(
      [...text.matchAll(/^([0-9a-f]{64})\s+(\d+)\s+RUNNING/gm)].map(([, id = '', pid]) => [id, Number(pid)]),
    );
    await this.#describe([...now.keys()]);
    const before = this.#running;
    this.#running = now;
    if (before === undefined) return;
    const at = new Date().toISOString();
    for (const [id, pid] of before) if (!now.has(id)) this.#say(id, at, { op: 'exited', pid });
    for (const [id, pid] of now) if (!before.has(id)) this.#say(id, at, { op: 'started', pid });
  }

  async #apply(batch: readonly NodeEvent[]): Promise<void> {
    const running = this.#running;
    // What comes before the first look is in that look.
    if (running === undefined) return;
    await this.#describe(
      batch.flatMap(({ topic, body }) => (topic === '/tasks/start' ? [body.container_id ?? ''] : [])),
    );
    for (const { topic, body, at } of batch) {
      const { container_id: id = '', pid = 0, exit_status: exitCode = 0 } = body;
      if (topic === '/tasks/start' && !running.has(id)) {
        running.set(id, pid);
        this.#say(id, at, { op: 'started', pid });
      }
      // A command that was executed in a container ends under an id of its own.
      if (topic === '/tasks/exit' && body.id === id && running.delete(id)) {
        this.#say(id, at, { op: 'exited', pid, exitCode });
      }
    }
  }

  #say(id: string, at: string, change: Pick<ProcessChanged, 'op' | 'pid' | 'exitCode'>): void {
    const container = this.#known.get(id);
    if (container === undefined || container.kind === 'sandbox') return;
    const role = this.#roles.get(container.podUid);
    const who = { pod: container.pod, container: container.container, ...(role === undefined ? {} : { role }) };
    this.#tell({ type: 'process', ...who, ...change }, at);
  }

  async #describe(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => id !== '' && !this.#known.has(id));
    if (unknown.length === 0) return;
    const script = `for id in "$@"; do ${CTR} containers info "$id" 2>/dev/null; echo '${SEPARATOR}'; done`;
    const parts = (await this.#ask(script, unknown)).split(SEPARATOR);
    for (const [i, id] of unknown.entries()) {
      const described = describeContainer(parts[i] ?? '');
      this.#known.set(id, described);
      const role = roleOf(described?.labels);
      if (described !== undefined && role !== undefined) this.#roles.set(described.podUid, role);
    }
  }

  #ask(script: string, args: readonly string[], timeoutSeconds = ASK_SECONDS, signal = this.#signal): Promise<string> {
    return inNode(this.#node, script, { what: 'a node does not say what runs in it', args, signal, timeoutSeconds });
  }
}

/** Follows one node for as long as `signal` lives, and says when it is out of sight. */
export async function watchNode(
  node: string,
  tell: Tell,
  sight: { gained(node: string): void; lost(node: string, reason: string): void },
  signal: AbortSignal,
): Promise<void> {
  const watch = new NodeWatch(node, tell, signal);
  for (let failures = 0; !signal.aborted; failures++) {
    await watch
      .follow(() => {
        failures = 0;
        sight.gained(node);
      })
      .catch((error: unknown) => {
        if (!signal.aborted) sight.lost(node, reasonOf(error).split('\n')[0] ?? '');
      });
    await delay(Math.min(5_000, 200 * 2 ** failures), undefined, { signal }).catch(() => undefined);
  }
}
