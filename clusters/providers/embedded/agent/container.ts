import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1ContainerState, V1ContainerStatus, V1Probe } from '@kubernetes/client-node';
import { RestartBackoff } from './backoff.ts';
import { CannotStart, type CommandLine } from './command.ts';
import { lastWords } from './last-words.ts';
import { type ProbeChange, runProbe } from './probe.ts';

export interface ContainerHooks {
  /** Made anew for each start, as tokens and ConfigMaps may have changed. */
  command(): Promise<CommandLine>;
  /** Something that the pod's status must show has changed. */
  changed(): void;
  log(op: 'started' | 'ready' | 'unready' | 'signalled' | 'exited', detail: Record<string, unknown>): void;
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
}

type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** Wire times are ISO strings; the generated types say Date. */
const now = () => new Date().toISOString() as unknown as Date;

/** One container of a pod as a process: started, probed, restarted with the kubelet's back-off, and stopped. */
export class Container {
  readonly spec: V1Container;
  readonly #hooks: ContainerHooks;
  readonly #host: string;
  readonly #logPath: string;
  readonly #policy: RestartPolicy;
  readonly #backoff = new RestartBackoff();
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #state: V1ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: V1ContainerState = {};
  #restarts = 0;
  #startedOnce = false;
  #ready = false;
  #exitCode: number | undefined;

  constructor(spec: V1Container, host: string, logPath: string, policy: RestartPolicy, hooks: ContainerHooks) {
    this.spec = spec;
    this.#host = host;
    this.#logPath = logPath;
    this.#policy = policy;
    this.#hooks = hooks;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** How it ended for good; undefined while it may still run or restart: a pod that will restart has not failed. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  get status(): V1ContainerStatus {
    return {
      name: this.spec.name,
      image: this.spec.image ?? '',
      imageID: '',
      ready: this.#ready,
      started: this.#startedOnce,
      restartCount: this.#restarts,
      state: this.#state,
      lastState: this.#lastState,
    };
  }

  /** Has a process of it ever run? */
  get hasRun(): boolean {
    return this.#state.running !== undefined || this.#state.terminated !== undefined || this.#restarts > 0;
  }

  /** Takes over a container that has completed under an earlier kubelet; false when there is nothing to take over. */
  adopt(statuses: readonly V1ContainerStatus[] | undefined): boolean {
    const state = statuses?.find(({ name }) => name === this.spec.name)?.state;
    if (state?.terminated?.exitCode !== 0) return false;
    this.#state = state;
    this.#exitCode = 0;
    return true;
  }

  /** Runs until it has ended for good (by its restart policy, or because it was stopped). */
  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const ranSeconds = await this.#runOnce();
      if (this.#exitCode !== undefined || this.#stopping.signal.aborted) return;
      // It could not be started, which is no restart and earns no back-off.
      if (ranSeconds === undefined) continue;
      const wait = this.#backoff.afterExit(ranSeconds);
      this.#lastState = this.#state;
      if (wait > 0) {
        const message = `back-off ${wait}s restarting failed container=${this.spec.name}`;
        this.#set({ waiting: { reason: 'CrashLoopBackOff', message } });
        this.#hooks.event('Warning', 'BackOff', `Back-off restarting failed container ${this.spec.name}`);
        await this.#pause(wait);
      }
      this.#restarts += 1;
    }
  }

  /** SIGTERM, then SIGKILL after the grace period; resolves when the process is gone. A later call may shorten the grace. */
  async stop(graceSeconds: number): Promise<void> {
    const first = !this.#stopping.signal.aborted;
    this.#stopping.abort();
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (first) this.#hooks.event('Normal', 'Killing', `Stopping container ${this.spec.name}`);
    if (graceSeconds <= 0) this.#signal('SIGKILL');
    else if (first) this.#signal('SIGTERM');
    const hard = graceSeconds <= 0 ? undefined : setTimeout(() => this.#signal('SIGKILL'), graceSeconds * 1000);
    await exited;
    clearTimeout(hard);
  }

  async #pause(seconds: number): Promise<void> {
    await delay(seconds * 1000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#hooks.log('signalled', { pid: this.#child?.pid ?? 0, signal });
    this.#child?.kill(signal);
  }

  /** Returns for how many seconds it ran; undefined when it could not be started. */
  async #runOnce(): Promise<number | undefined> {
    const startedAt = now();
    const begun = Date.now();
    let output: FileHandle | undefined;
    try {
      const line = await this.#hooks.command();
      output = await open(this.#logPath, 'a', 0o600);
      const { size: offset } = await output.stat();
      // Stopped meanwhile: it must never start.
      if (this.#stopping.signal.aborted) return undefined;
      const child = spawn(line.file, line.args, {
        stdio: ['ignore', output.fd, output.fd],
        env: { ...process.env, ...line.env },
      });
      // From here on a stop finds it.
      this.#child = child;
      await once(child, 'spawn');
      await this.#supervise(child, startedAt, begun, offset);
      return (Date.now() - begun) / 1000;
    } catch (error) {
      const reason = error instanceof CannotStart ? error.reason : 'RunContainerError';
      const message = error instanceof Error ? error.message : String(error);
      this.#set({ waiting: { reason, message } });
      this.#hooks.event('Warning', 'Failed', `Error: ${message}`);
      // Like an image that cannot be pulled: it stays waiting until the pod goes, and is tried again now and then.
      await this.#pause(20);
      return undefined;
    } finally {
      await output?.close();
    }
  }

  async #supervise(child: ChildProcess, startedAt: Date, begun: number, offset: number): Promise<void> {
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.#hooks.log('started', { pid: child.pid });
    this.#hooks.event('Normal', 'Started', `Started container ${this.spec.name}`);
    this.#startedOnce = this.spec.startupProbe === undefined;
    this.#ready = this.#startedOnce && this.spec.readinessProbe === undefined;
    this.#set({ running: { startedAt } });
    const probes = new AbortController();
    const stopProbes = () => probes.abort();
    this.#stopping.signal.addEventListener('abort', stopProbes, { once: true });
    if (this.#stopping.signal.aborted) stopProbes();
    else this.#probe(begun, probes.signal);
    const [code, signal] = await exited;
    stopProbes();
    this.#stopping.signal.removeEventListener('abort', stopProbes);
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    this.#ready = false;
    if (this.#stopping.signal.aborted || this.#isLast(exitCode)) this.#exitCode = exitCode;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    this.#set({ terminated: { exitCode, reason, startedAt, finishedAt: now() } });
    this.#hooks.log('exited', {
      pid: child.pid,
      exitCode,
      ...(signal === null ? {} : { signal }),
      ...(this.#stopping.signal.aborted || exitCode === 0 ? {} : { output: await lastWords(this.#logPath, offset) }),
    });
  }

  #isLast(exitCode: number): boolean {
    return this.#policy === 'Never' || (this.#policy === 'OnFailure' && exitCode === 0);
  }

  /** Startup first; it gates the other two, as the kubelet does. */
  #probe(begun: number, signal: AbortSignal): void {
    const run = (probe: V1Probe, onChange: (change: ProbeChange) => void, until: AbortSignal) =>
      void runProbe(probe, this.spec, this.#host, begun, onChange, until);
    const { startupProbe, livenessProbe, readinessProbe } = this.spec;
    const rest = () => {
      this.#startedOnce = true;
      if (readinessProbe === undefined) this.#setReady(true);
      else run(readinessProbe, (c) => this.#setReady(c.healthy, c.message), signal);
      if (livenessProbe !== undefined) {
        run(livenessProbe, (c) => this.#unhealthy('Liveness', c), signal);
      }
    };
    if (startupProbe === undefined) {
      rest();
      return;
    }
    const startup = new AbortController();
    signal.addEventListener('abort', () => startup.abort(), { once: true });
    const onStartup = (change: ProbeChange) => {
      startup.abort();
      if (change.healthy) rest();
      else this.#unhealthy('Startup', change);
    };
    run(startupProbe, onStartup, startup.signal);
  }

  #setReady(ready: boolean, message = ''): void {
    if (this.#ready === ready) return;
    this.#ready = ready;
    if (!ready) this.#hooks.event('Warning', 'Unhealthy', `Readiness probe failed: ${message}`);
    this.#hooks.log(ready ? 'ready' : 'unready', { pid: this.#child?.pid });
    this.#hooks.changed();
  }

  #unhealthy(which: 'Liveness' | 'Startup', change: ProbeChange): void {
    if (change.healthy) return;
    this.#hooks.event('Warning', 'Unhealthy', `${which} probe failed: ${change.message}`);
    this.#hooks.event(
      'Normal',
      'Killing',
      `Container ${this.spec.name} failed ${which.toLowerCase()} probe, will be restarted`,
    );
    this.#signal('SIGKILL');
  }

  #set(state: V1ContainerState): void {
    this.#state = state;
    this.#hooks.changed();
  }
}
