import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitFor } from '../../harness/wait.ts';

/**
 * A Docker daemon of a test's own, which may be stopped and whose disk may be filled: its data is on a disk of a fixed
 * size, and its network is a namespace of its own, as two daemons would fight over the iptables of one. What talks to
 * its containers has to run in that namespace: see `inside`.
 */
export class SecondDocker {
  readonly #dir: string;
  readonly #namespace: string;
  #daemon: ChildProcess | undefined;

  private constructor(dir: string) {
    this.#dir = dir;
    this.#namespace = dir.split('/').at(-1) as string;
  }

  /** Needs root. `gigabytes`: the size of its disk. */
  static async start(gigabytes: number): Promise<SecondDocker> {
    const docker = new SecondDocker(mkdtempSync(join(tmpdir(), 'fd-docker-')));
    try {
      await execa('ip', ['netns', 'add', docker.#namespace]);
      await docker.inside('ip', ['link', 'set', 'lo', 'up']);
      mkdirSync(docker.data);
      await execa('truncate', ['--size', `${gigabytes}G`, docker.#disk]);
      await execa('mkfs.ext4', ['-q', docker.#disk]);
      await execa('mount', ['-o', 'loop', docker.#disk, docker.data]);
      await docker.startDaemon();
      return docker;
    } catch (error) {
      await docker.dispose();
      throw error;
    }
  }

  get #disk(): string {
    return join(this.#dir, 'disk.img');
  }

  get data(): string {
    return join(this.#dir, 'data');
  }

  get env(): { DOCKER_HOST: string } {
    return { DOCKER_HOST: `unix://${this.#dir}/docker.sock` };
  }

  /** The words before a command that make it run in the daemon's network, with all else as it is. */
  get prefix(): string[] {
    return ['nsenter', `--net=/var/run/netns/${this.#namespace}`];
  }

  async inside(file: string, args: readonly string[]): Promise<string> {
    const [nsenter = '', ...more] = this.prefix;
    return (await execa(nsenter, [...more, file, ...args], { env: this.env, stdin: 'ignore' })).stdout;
  }

  async docker(...args: string[]): Promise<string> {
    return (await execa('docker', args, { env: this.env, stdin: 'ignore' })).stdout;
  }

  /** Copies an image of the machine's own Docker. */
  async copyImage(name: string): Promise<void> {
    await execa('docker', ['save', name], { buffer: { stdout: false }, encoding: 'buffer' }).pipe('docker', ['load'], {
      env: this.env,
    });
  }

  async startDaemon(): Promise<void> {
    const log = openSync(join(this.#dir, 'dockerd.log'), 'a');
    const [nsenter = '', ...more] = this.prefix;
    const at = (name: string) => join(this.#dir, name);
    const options = [`--host=${this.env.DOCKER_HOST}`, `--data-root=${this.data}`, `--exec-root=${at('exec')}`];
    // The runtime is what this machine's own Docker has (daemon.json), and so is everything else.
    this.#daemon = spawn(nsenter, [...more, 'dockerd', ...options, `--pidfile=${at('pid')}`], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await waitFor(() => this.docker('version').then(Boolean, () => false), {
      what: `a second Docker\n${readFileSync(join(this.#dir, 'dockerd.log'), 'utf8').slice(-2000)}`,
      timeoutSeconds: 60,
      signal: AbortSignal.timeout(60_000),
    });
  }

  /** As somebody stops the service, or as a crash does. */
  async stopDaemon(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon?.pid === undefined || daemon.exitCode !== null) return;
    const containerd = Number(readFileSync(join(this.#dir, 'exec/containerd/containerd.pid'), 'utf8'));
    daemon.kill(signal);
    await once(daemon, 'exit');
    // It dies with its daemon, and its number is free a moment later; a daemon that starts in between would lean on it.
    await waitFor(() => !existsSync(`/proc/${containerd}`), {
      what: 'containerd to end',
      timeoutSeconds: 30,
      signal: AbortSignal.timeout(40_000),
    });
  }

  /** Everything that Docker has of what falldown makes: containers, networks besides Docker's own, volumes. */
  async things(): Promise<string[]> {
    const [containers, networks, volumes] = await Promise.all([
      this.docker('ps', '--all', '--format', 'container {{.Names}}'),
      this.docker('network', 'ls', '--filter', 'type=custom', '--format', 'network {{.Name}}'),
      this.docker('volume', 'ls', '--format', 'volume {{.Name}}'),
    ]);
    return [containers, networks, volumes].flatMap((text) => text.split('\n').filter(Boolean));
  }

  /** Leaves so little of its disk that nothing can be written; `undo` gives it back. */
  async fillDisk(leaveBytes = 0): Promise<() => void> {
    const ballast = join(this.data, 'ballast');
    const { bavail, bsize } = await statfs(this.data);
    await execa('fallocate', ['--length', String(bavail * bsize - leaveBytes), ballast]);
    return () => rmSync(ballast);
  }

  async dispose(): Promise<void> {
    await this.docker('ps', '--all', '--quiet').then(
      (ids) => (ids === '' ? undefined : this.docker('rm', '--force', ...ids.split('\n'))),
      () => undefined,
    );
    await this.stopDaemon('SIGTERM');
    await execa('umount', ['--recursive', this.data], { reject: false });
    await execa('ip', ['netns', 'delete', this.#namespace], { reject: false });
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
