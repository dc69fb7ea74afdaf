import { constants, readFileSync } from 'node:fs';
import { allows, diskOf } from '../../clusters/host/disk.ts';
import type { Disk } from '../../clusters/host/host-line.ts';
import { EMBEDDED_COMPONENTS, embedded } from '../../clusters/providers/embedded/index.ts';
import { canListen } from '../../clusters/providers/embedded/octet.ts';
import type { Missing } from '../../clusters/providers/provider.ts';
import { type Context, contextOf } from '../../clusters/toolchain/context.ts';
import { findRelease } from '../../clusters/toolchain/download.ts';
import { findGo } from '../../clusters/toolchain/go.ts';
import { pickPins } from '../../clusters/toolchain/pick.ts';
import { find, isResolved } from '../../clusters/toolchain/resolve.ts';
import { reasonOf } from '../errors.ts';
import { stateDir } from '../paths.ts';

/** What a host has for embedded clusters; looked at only, nothing is made. */
export interface HostFacts extends ToolFacts {
  /** What the provider itself says is missing. */
  provider: Missing[];
  procReadable: boolean;
  /** Can this user listen on the loopback addresses that Services get? */
  loopback: boolean;
  /** Can this user listen on 443 there? */
  port443: boolean;
  availableBytes: number;
}

/** What a host has for any kind of cluster. */
export interface ToolFacts {
  binaries: Binary[];
  cacheDisk: Disk;
  stateDisk: Disk;
  /** Soft limit of open files; undefined when the kernel does not say. */
  openFiles: number | undefined;
}

export interface Binary {
  component: string;
  version: string;
  /** `here`: cached, or named by the user; `build`, `download`: can be made; `none`: cannot be had. */
  way: 'here' | 'build' | 'download' | 'none';
  /** Why it cannot be had. */
  reason?: string;
}

/** The first addresses that embedded clusters take, and one beyond the last: a cluster that runs cannot be in the way. */
const FIRST_SERVICE_ADDRESS = '127.53.0.1';
const FREE_SERVICE_ADDRESS = '127.254.0.1';

export async function hostFacts(signal: AbortSignal): Promise<HostFacts> {
  const [provider, loopback, port443, tools] = await Promise.all([
    embedded.missing(),
    canListen(FIRST_SERVICE_ADDRESS, 0),
    canListen(FREE_SERVICE_ADDRESS, 443),
    toolFacts(EMBEDDED_COMPONENTS, signal),
  ]);
  return {
    ...tools,
    provider,
    procReadable: readable('/proc/self/environ') && readable('/proc/self/stat'),
    loopback,
    port443,
    // Knows the limits of a container, unlike the free memory of the machine.
    availableBytes: process.availableMemory(),
  };
}

export async function toolFacts(components: readonly string[], signal: AbortSignal): Promise<ToolFacts> {
  const context = contextOf({ signal, progress: { step: () => () => undefined, say: () => undefined } });
  const [binaries, cacheDisk, stateDisk] = await Promise.all([
    binariesOf(context, components),
    diskOf(context.cache),
    diskOf(stateDir()),
  ]);
  return { binaries, cacheDisk, stateDisk, openFiles: openFilesLimit() };
}

async function binariesOf(context: Context, components: readonly string[]): Promise<Binary[]> {
  const pins = pickPins(context.pins, components);
  return Promise.all(
    pins.map(async (pin): Promise<Binary> => {
      const { component, version } = pin;
      try {
        if (isResolved(await find(context, pin))) return { component, version, way: 'here' };
        const go = context.allowed.build ? await findGo(context, pin.moduleFolder) : 'builds are not allowed';
        if (typeof go !== 'string') return { component, version, way: 'build' };
        const release = await findRelease(context, pin);
        if (typeof release !== 'string') return { component, version, way: 'download' };
        return { component, version, way: 'none', reason: `${go}; ${release}` };
      } catch (error) {
        return { component, version, way: 'none', reason: reasonOf(error).split('\n')[0] ?? '' };
      }
    }),
  );
}

function openFilesLimit(): number | undefined {
  if (!readable('/proc/self/limits')) return undefined;
  const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return soft === undefined ? undefined : soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

function readable(path: string): boolean {
  return allows(path, constants.R_OK);
}
