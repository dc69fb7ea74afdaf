import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import { reasonOf } from '../../../../harness/errors.ts';
import type { KubeClient } from '../../../../harness/kube/client.ts';
import type { Credentials } from '../../../../harness/kube/credentials.ts';
import { isNotFound, KubeApiError } from '../../../../harness/kube/errors.ts';
import { CannotStart, commandOf } from './command.ts';
import type { AgentConfig } from './config.ts';
import { Container } from './container.ts';
import { loopbackOf } from './pod-address.ts';
import { environmentOf, mountsOf, writeKubeconfig, writeVolumes } from './pod-files.ts';
import type { ProcessLog } from './process-log.ts';

export interface WorkerDeps {
  config: AgentConfig;
  /** A client that acts as this node's kubelet. */
  node: KubeClient;
  base: Credentials;
  log: ProcessLog;
  event(pod: V1Pod, type: 'Normal' | 'Warning', reason: string, message: string): void;
  podIP: string;
}

export function hasEnded(pod: V1Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Plays the kubelet for one pod, from the moment it is bound until the API server has forgotten it. */
export class PodWorker {
  readonly #deps: WorkerDeps;
  readonly #path: string;
  readonly #dir: string;
  readonly #startTime = new Date().toISOString();
  #pod: V1Pod;
  #init: Container[] = [];
  #main: Container[] = [];
  #failure: { reason: string; message: string } | undefined;
  #terminating: Promise<void> | undefined;
  #grace = 0;
  #stopped = false;
  #gone = false;
  #publishing = false;
  #dirty = false;

  constructor(pod: V1Pod, deps: WorkerDeps) {
    this.#pod = pod;
    this.#deps = deps;
    const { namespace, name, uid } = pod.metadata!;
    this.#path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    this.#dir = join(deps.config.podsDir, `${namespace}_${name}_${uid}`);
  }

  /** A newer version of the pod was seen. */
  update(pod: V1Pod): void {
    this.#pod = pod;
    if (pod.metadata?.deletionTimestamp === undefined) return;
    const grace = pod.metadata.deletionGracePeriodSeconds ?? 30;
    if (this.#terminating === undefined) this.#terminating = this.#terminate(grace);
    // Deleted once more, with less patience.
    else if (grace < this.#grace) void this.#stopAll(grace);
    this.#grace = grace;
  }

  /** The object is gone from the API (finished, or force-deleted): nothing of it may go on running. Its logs stay, as evidence. */
  async vanished(): Promise<void> {
    this.#gone = true;
    await this.#stopAll(0);
    await rm(join(this.#dir, 'volumes'), { recursive: true, force: true });
    await rm(join(this.#dir, 'kubeconfig'), { force: true });
  }

  async run(): Promise<void> {
    await this.#prepare();
    // Deleted while its files were being made: it must never start.
    if (this.#ending) return;
    this.#changed();
    for (const container of this.#init) {
      // A kubelet that comes after another one does not repeat what that one has seen through.
      if (!container.adopt(this.#pod.status?.initContainerStatuses)) await container.run();
      if (this.#ending) return;
      if (container.exitCode !== 0) {
        this.#changed();
        return;
      }
    }
    await Promise.all(this.#main.map((c) => c.run()));
    this.#changed();
  }

  /** Tried for as long as the pod is wanted, as the kubelet does: a ConfigMap may come late, the API server be busy. */
  async #prepare(): Promise<void> {
    for (let wait = 1_000; !this.#ending; wait = Math.min(20_000, wait * 2)) {
      try {
        await this.#makeContainers();
        this.#failure = undefined;
        return;
      } catch (error) {
        const reason = error instanceof CannotStart ? error.reason : 'CreateContainerConfigError';
        this.#failure = { reason, message: reasonOf(error) };
        this.#deps.event(this.#pod, 'Warning', 'Failed', reasonOf(error));
        this.#changed();
      }
      await delay(wait, undefined, { ref: false });
    }
  }

  async #makeContainers(): Promise<void> {
    const { node, base, podIP } = this.#deps;
    const { spec } = this.#pod;
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const folders = await writeVolumes(node, this.#pod, this.#dir);
    const kubeconfig = await this.#retry(() => writeKubeconfig(node, base, this.#pod, this.#dir));
    const make = (container: V1Container, policy: 'Always' | 'OnFailure' | 'Never') =>
      this.#container(container, policy, folders, kubeconfig, loopbackOf(podIP));
    const policy = (spec?.restartPolicy ?? 'Always') as 'Always' | 'OnFailure' | 'Never';
    this.#init = (spec?.initContainers ?? []).map((c) => make(c, policy === 'Never' ? 'Never' : 'OnFailure'));
    this.#main = (spec?.containers ?? []).map((c) => make(c, policy));
  }

  #container(
    spec: V1Container,
    policy: 'Always' | 'OnFailure' | 'Never',
    folders: Record<string, string>,
    kubeconfig: string,
    host: string,
  ): Container {
    const { config, node, log } = this.#deps;
    const { namespace, name } = this.#pod.metadata!;
    const context = { pod: `${namespace}/${name}`, container: spec.name };
    const role = this.#pod.metadata?.labels?.['falldown.dev/role'];
    return new Container(spec, host, join(this.#dir, `${spec.name}.log`), policy, {
      command: async () => {
        const env = await environmentOf(node, { ...this.#pod, status: this.#addresses }, spec);
        return commandOf(spec, { host, kubeconfig, env, mounts: mountsOf(spec, folders) }, config);
      },
      changed: () => this.#changed(),
      log: (op, detail) => log.process({ op, ...context, ...(role === undefined ? {} : { role }), ...detail }),
      event: (type, reason, message) => this.#deps.event(this.#pod, type, reason, message),
    });
  }

  async #terminate(graceSeconds: number): Promise<void> {
    await this.#stopAll(graceSeconds);
    this.#stopped = true;
    if (!hasEnded(this.#pod)) this.#changed();
    // The object must show that nothing runs any more before it goes: the scheduler frees the node by the pod's phase.
    while (this.#publishing) await delay(20);
    let wait = 1_000;
    for (let attempt = 1; !this.#gone; attempt++) {
      try {
        await this.#deps.node.delete(this.#path, { gracePeriodSeconds: 0, uid: this.#pod.metadata!.uid! });
        return;
      } catch (error) {
        if (isNotFound(error) || (error instanceof KubeApiError && error.code === 409)) return;
        if (attempt === 1 && error instanceof KubeApiError) this.#deps.log.refusedFinalDelete(this.#pod, error);
        await delay(wait);
        wait = Math.min(10_000, wait * 2);
      }
    }
  }

  get #ending(): boolean {
    return this.#terminating !== undefined || this.#gone;
  }

  async #stopAll(graceSeconds: number): Promise<void> {
    await Promise.all([...this.#init, ...this.#main].map((c) => c.stop(graceSeconds)));
  }

  /** The authorizer learns of a new pod from a watch of its own, so the first token request may come too early. */
  async #retry<T>(action: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof KubeApiError) || error.code !== 403 || attempt === 20) throw error;
        await delay(100);
      }
    }
  }

  #changed(): void {
    this.#dirty = true;
    if (!this.#publishing) void this.#publish();
  }

  async #publish(): Promise<void> {
    this.#publishing = true;
    let wait = 200;
    while (this.#dirty && !this.#gone) {
      this.#dirty = false;
      try {
        await this.#deps.node.patch(`${this.#path}/status`, 'strategic', {
          metadata: { uid: this.#pod.metadata?.uid },
          status: this.#status(),
        });
      } catch (error) {
        if (isNotFound(error) || (error instanceof KubeApiError && error.code === 409)) break;
        this.#dirty = true;
        await delay(wait);
        wait = Math.min(5_000, wait * 2);
      }
    }
    this.#publishing = false;
  }

  /** What the kubelet knows of the pod's status before anybody else. */
  get #addresses() {
    const { podIP } = this.#deps;
    return { hostIP: '10.0.0.1', podIP, podIPs: [{ ip: podIP }] };
  }

  #status() {
    const phase = this.#phase();
    const ready = phase === 'Running' && this.#terminating === undefined && this.#main.every((c) => c.ready);
    const initialized = this.#init.every((c) => c.exitCode === 0);
    const condition = (type: string, on: boolean): V1PodCondition => ({
      type,
      status: on ? 'True' : 'False',
      ...(on ? {} : { reason: type === 'Initialized' ? 'ContainersNotInitialized' : 'ContainersNotReady' }),
    });
    return {
      phase,
      // null, not nothing: this is a patch, and what was wrong before must go.
      reason: this.#failure?.reason ?? null,
      message: this.#failure?.message ?? null,
      ...this.#addresses,
      startTime: this.#startTime,
      initContainerStatuses: this.#init.map((c) => c.status),
      containerStatuses: this.#main.map((c) => c.status),
      conditions: [
        condition('Initialized', initialized),
        condition('ContainersReady', ready),
        condition('Ready', ready),
      ],
    };
  }

  #phase(): string {
    if (this.#init.some((c) => c.exitCode !== undefined && c.exitCode !== 0)) return 'Failed';
    const codes = this.#main.map((c) => c.exitCode);
    const over = codes.length > 0 && codes.every((code) => code !== undefined);
    // What was deleted has ended, though it never ran or waited for its next start: the scheduler waits to hear that.
    if (over || this.#stopped) return over && codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
    return this.#main.some((c) => c.hasRun) ? 'Running' : 'Pending';
  }
}
