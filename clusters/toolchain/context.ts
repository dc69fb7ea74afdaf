import { accessSync, constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FalldownError } from '../../harness/errors.ts';
import type { Progress } from '../providers/provider.ts';
import { loadPins, type Pins } from './pins.ts';

export interface ToolchainOptions {
  signal: AbortSignal;
  progress: Progress;
  /** Default: the process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Default: the pins that falldown ships, or the file that FALLDOWN_PINS names. */
  pins?: Pins;
}

/** The ways to a binary that are allowed besides an explicit path and the cache. */
export interface Allowed {
  download: boolean;
  build: boolean;
  /** False: a build may use only modules that are on this machine. */
  network: boolean;
  /** How the user restricted it, for reasons: `FALLDOWN_TOOLCHAIN=cache`. */
  because: string;
}

export interface Context {
  signal: AbortSignal;
  progress: Progress;
  env: NodeJS.ProcessEnv;
  pins: Pins;
  /** falldown's own folder in the user's cache. */
  cache: string;
  /** `linux`, `amd64`: Go's names, which release files use too. */
  platform: { os: string; arch: string };
  allowed: Allowed;
}

export function contextOf(options: ToolchainOptions): Context {
  const env = options.env ?? process.env;
  return {
    signal: options.signal,
    progress: options.progress,
    env,
    pins: options.pins ?? loadPins(env.FALLDOWN_PINS || undefined),
    cache: cacheFolder(env),
    platform: { os: process.platform, arch: process.arch === 'x64' ? 'amd64' : process.arch },
    allowed: allowedBy(env.FALLDOWN_TOOLCHAIN),
  };
}

/** $XDG_CACHE_HOME/falldown, else ~/.cache/falldown, else (home is read-only) a folder of this user's in the temp folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, 'falldown');
  if (env.HOME && homeIsWritable(env)) return path.join(env.HOME, '.cache', 'falldown');
  return path.join(os.tmpdir(), `falldown-${os.userInfo().uid}`);
}

export function homeIsWritable(env: NodeJS.ProcessEnv): boolean {
  try {
    accessSync(env.HOME ?? '', constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const MODES: Record<string, Omit<Allowed, 'because'>> = {
  auto: { download: true, build: true, network: true },
  cache: { download: false, build: false, network: false },
  download: { download: true, build: false, network: true },
  build: { download: false, build: true, network: true },
  offline: { download: false, build: true, network: false },
};

function allowedBy(mode: string | undefined): Allowed {
  const found = MODES[mode || 'auto'];
  if (found === undefined) {
    throw new FalldownError({
      code: 'TOOLCHAIN_MODE_UNKNOWN',
      kind: 'usage',
      what: 'FALLDOWN_TOOLCHAIN has an unknown value',
      expected: Object.keys(MODES).join(', '),
      seen: mode,
      next: 'unset it, or give it one of these values',
    });
  }
  return { ...found, because: `FALLDOWN_TOOLCHAIN=${mode}` };
}
