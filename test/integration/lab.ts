import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { embedded } from '../../clusters/providers/embedded/index.ts';
import type { ClusterHandle, ClusterProvider, Progress } from '../../clusters/providers/provider.ts';
import { bringUp } from '../../harness/cli/bring-up.ts';
import { SLEEP_IMAGE } from '../../harness/images.ts';
import type { ProcessChanged } from '../../harness/journal/events.ts';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { waitFor } from '../../harness/wait.ts';

const SILENT: Progress = { step: () => () => undefined, say: () => undefined };

export interface Cluster {
  handle: ClusterHandle;
  admin: KubeClient;
}

/** Real clusters for one test file, with a state folder of their own; `close` removes them whatever happened. */
export class Lab {
  readonly dir = mkdtempSync(join(tmpdir(), 'falldown-lab-'));
  readonly #before = process.env.XDG_STATE_HOME;
  readonly #names = new Set<string>();
  readonly #admins: KubeClient[] = [];

  readonly #provider: ClusterProvider;

  constructor(provider: ClusterProvider = embedded) {
    this.#provider = provider;
    process.env.XDG_STATE_HOME = this.dir;
  }

  /** Makes a cluster of the incident's profile with few fake nodes; `set` as for `--set`. */
  async up(name: string, options: { gatekeeper: boolean; set?: string[] }): Promise<Cluster> {
    const set = ['cluster.nodes.fake.count=2', ...(options.set ?? [])];
    const { profile } = loadProfile({ profile: 'as-in-the-incident', set });
    const unique = `${name}-${process.pid}`;
    this.#names.add(unique);
    const signal = new AbortController().signal;
    const { gatekeeper } = options;
    const { handle } = await bringUp({
      provider: this.#provider,
      profile,
      name: unique,
      gatekeeper,
      progress: SILENT,
      signal,
    });
    const admin = new KubeClient(await credentialsFrom(handle.kubeconfig), { actor: 'test' });
    this.#admins.push(admin);
    return { handle, admin };
  }

  async down(cluster: Cluster): Promise<void> {
    await cluster.admin.close();
    await this.#provider.down(cluster.handle.name);
  }

  async close(): Promise<void> {
    for (const admin of this.#admins) await admin.close();
    for (const name of this.#names) await this.#provider.down(name);
    if (this.#before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = this.#before;
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Looks until it is so. */
export function eventually<T>(what: string, look: () => Promise<T> | T, timeoutSeconds = 30): Promise<NonNullable<T>> {
  return waitFor(look, { what, timeoutSeconds, everySeconds: 0.05, signal: new AbortController().signal });
}

/** What the node agent has recorded of a pod's processes so far. */
export function processesOfPod({ handle }: Cluster, pod: string): ProcessChanged[] {
  return readFileSync(handle.processLog as string, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ProcessChanged)
    .filter((change) => change.type === 'process' && change.pod === pod);
}

export function sleeper(name: string, spec: object = {}, metadata: object = {}): object {
  const container = { name: 'main', image: SLEEP_IMAGE, command: ['sleep', 'infinity'] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers: [container], ...spec } };
}
