import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1ContainerState, V1ContainerStatus, V1Probe } from '@kubernetes/client-node';
import { RestartBackoff } from './backoff.ts';
import { CannotStart, type CommandLine } from './command.ts';
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

  /** How it ended for good; undefined while it may still run or restart. */
  get exitCode(): number | undefined {
    return this.#state.terminated?.exitCode;
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

  /** Runs until it has ended for good (by its restart policy, or because it was stopped). */
  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const { ranSeconds, exitCode } = await this.#runOnce();
      if (this.#stopping.signal.aborted) return;
      if (this.#policy === 'Never' || (this.#policy === 'OnFailure' && exitCode === 0)) return;
      const wait = this.#backoff.afterExit(ranSeconds);
      this.#lastState = this.#state;
      if (wait > 0) {
        const message = `back-off ${wait}s restarting failed container=${this.spec.name}`;
        this.#set({ waiting: { reason: 'CrashLoopBackOff', message } });
        this.#hooks.event('Warning', 'BackOff', `Back-off restarting failed container ${this.spec.name}`);
        await delay(wait * 1000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
      this.#restarts += 1;
    }
  }

  /** SIGTERM, then SIGKILL after the grace period; resolves when the process is gone. */
  async stop(graceSeconds: number): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    this.#hooks.event('Normal', 'Killing', `Stopping container ${this.spec.name}`);
    this.#signal(graceSeconds === 0 ? 'SIGKILL' : 'SIGTERM');
    const hard = setTimeout(() => this.#signal('SIGKILL'), graceSeconds * 1000);
    await exited;
    clearTimeout(hard);
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#hooks.log('signalled', { pid: this.#child?.pid ?? 0, signal });
    this.#child?.kill(signal);
  }

  async #runOnce(): Promise<{ ranSeconds: number; exitCode: number }> {
    const startedAt = now();
    const begun = Date.now();
    let output: FileHandle | undefined;
    try {
      const line = await this.#hooks.command();
      output = await open(this.#logPath, 'a', 0o600);
      const child = spawn(line.file, line.args, {
        stdio: ['ignore', output.fd, output.fd],
        env: { ...process.env, ...line.env },
      });
      await once(child, 'spawn');
      this.#child = child;
    } catch (error) {
      const reason = error instanceof CannotStart ? error.reason : 'RunContainerError';
      const message = error instanceof Error ? error.message : String(error);
      this.#set({ waiting: { reason, message } });
      this.#hooks.event('Warning', 'Failed', `Error: ${message}`);
      // Like an image that cannot be pulled: it stays waiting until the pod goes, and is tried again now and then.
      await delay(20_000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      return { ranSeconds: 0, exitCode: 128 };
    } finally {
      await output?.close();
    }
    return this.#supervise(this.#child, startedAt, begun);
  }

  async #supervise(child: ChildProcess, startedAt: Date, begun: number) {
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    // A stop that came while the process was being started must not leave it behind.
    if (this.#stopping.signal.aborted) child.kill('SIGKILL');
    this.#hooks.log('started', { pid: child.pid });
    this.#hooks.event('Normal', 'Started', `Started container ${this.spec.name}`);
    this.#startedOnce = this.spec.startupProbe === undefined;
    this.#ready = this.#startedOnce && this.spec.readinessProbe === undefined;
    this.#set({ running: { startedAt } });
    const probes = new AbortController();
    const stopProbes = () => probes.abort();
    this.#stopping.signal.addEventListener('abort', stopProbes, { once: true });
    this.#probe(begun, probes.signal);
    const [code, signal] = await exited;
    stopProbes();
    this.#stopping.signal.removeEventListener('abort', stopProbes);
    const exitCode = code ?? 128 + (signal === 'SIGKILL' ? 9 : 15);
    this.#ready = false;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    this.#set({ terminated: { exitCode, reason, startedAt, finishedAt: now() } });
    this.#hooks.log('exited', {
      pid: child.pid,
      exitCode,
      ...(signal === null ? {} : { signal }),
      ...(this.#stopping.signal.aborted || exitCode === 0 ? {} : { output: await this.lastLines(15) }),
    });
    return { ranSeconds: (Date.now() - begun) / 1000, exitCode };
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

  async lastLines(count: number): Promise<string> {
    const text = await readFile(this.#logPath, 'utf8').catch(() => '');
    return text.slice(-8_000).trimEnd().split('\n').slice(-count).join('\n');
  }
}
