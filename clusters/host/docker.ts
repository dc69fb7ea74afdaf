import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { z } from 'zod';

/** A daemon on this machine answers in well under a second; one that hangs is as good as none. */
const ANSWER_SECONDS = 10;
export const DEFAULT_SOCKET = 'unix:///var/run/docker.sock';
const PID_FILE = '/var/run/docker.pid';

const INFO = z.object({
  ServerVersion: z.string().default(''),
  CgroupVersion: z.string().default('1'),
  Driver: z.string().default(''),
  DockerRootDir: z.string().default(''),
  DefaultRuntime: z.string().default(''),
  SecurityOptions: z.array(z.string()).nullish(),
  ServerErrors: z.array(z.string()).nullish(),
});

/** The Docker that the `docker` command of this user talks to. */
export interface Docker {
  /** `none`: there is no docker command; `silent`: no daemon answers it. */
  state: 'none' | 'silent' | 'answers';
  /** Where its daemon is looked for, e.g. unix:///var/run/docker.sock. */
  endpoint: string;
  /** Why it does not answer, in docker's own words. */
  reason?: string;
  server?: DockerServer;
}

export interface DockerServer {
  version: string;
  cgroupVersion: '1' | '2';
  storageDriver: string;
  /** Folder of its images and containers, on the daemon's machine. */
  rootDir: string;
  defaultRuntime: string;
  rootless: boolean;
}

export async function askDocker(signal: AbortSignal): Promise<Docker> {
  const endpoint = await endpointOf(signal);
  if (endpoint === undefined) return { state: 'none', endpoint: process.env.DOCKER_HOST || DEFAULT_SOCKET };
  const asked = await docker(['info', '--format', '{{json .}}'], signal);
  const info = INFO.safeParse(parsed(asked.stdout)).data;
  if (info === undefined || info.ServerVersion === '') {
    const words = info?.ServerErrors?.join('\n') || asked.stderr.trim();
    const reason =
      words || (asked.timedOut ? `no answer within ${ANSWER_SECONDS} s` : `docker info: ${asked.exitCode}`);
    return { state: 'silent', endpoint, reason };
  }
  return {
    state: 'answers',
    endpoint,
    server: {
      version: info.ServerVersion,
      cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
      storageDriver: info.Driver,
      rootDir: info.DockerRootDir,
      defaultRuntime: info.DefaultRuntime,
      rootless: info.SecurityOptions?.some((option) => option.includes('rootless')) ?? false,
    },
  };
}

/** Is the daemon a process of this machine? */
export const isLocal = ({ endpoint }: Pick<Docker, 'endpoint'>): boolean => endpoint.startsWith('unix://');

/** Process of the daemon behind the standard socket, if it can be told. */
export function dockerPid({ endpoint }: Pick<Docker, 'endpoint'>): number | undefined {
  if (endpoint !== DEFAULT_SOCKET) return undefined;
  try {
    return Number(readFileSync(PID_FILE, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** DOCKER_HOST, or what docker's current context says; undefined without a docker command. */
async function endpointOf(signal: AbortSignal): Promise<string | undefined> {
  const asked = await docker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], signal);
  if (asked.code === 'ENOENT') return undefined;
  return process.env.DOCKER_HOST || asked.stdout.trim() || DEFAULT_SOCKET;
}

function docker(args: string[], signal: AbortSignal) {
  return execa('docker', args, {
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
    timeout: ANSWER_SECONDS * 1000,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
