import { existsSync } from 'node:fs';
import { onPath } from '../toolchain/go.ts';
import { lackingCapabilities } from './capabilities.ts';
import { type Cgroups, cgroups } from './cgroups.ts';
import { diskOf } from './disk.ts';
import { type Distribution, distribution } from './distribution.ts';
import { askDocker, type Docker, dockerPid, isLocal } from './docker.ts';
import type { Disk } from './host-line.ts';
import { HOST_PATHS } from './paths.ts';
import { registryAnswers } from './registry.ts';
import { isRestricted } from './restricted-runtime.ts';
import { type LowSysctl, lowSysctls } from './sysctl.ts';

/** With it, debootstrap checks what it fetches; Debian's descendants may lack it. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** What a host has for kind clusters; looked at only, nothing is made. */
export interface KindFacts {
  distribution: Distribution;
  docker: Docker;
  /** Capabilities that this host withholds from everything; empty when the daemon is on another machine. */
  lackingCapabilities: string[];
  /** Does Docker's configuration name the restricted runtime, whether or not a daemon has read it? */
  restricted: boolean;
  cgroups: Cgroups;
  lowSysctls: LowSysctl[];
  /** Where images and containers go; undefined when the daemon is on another machine, or there is none. */
  dockerDisk: Disk | undefined;
  availableBytes: number;
  images: {
    /** Can official ones be pulled: from the official registry, or from the one that FALLDOWN_REGISTRY names? Not asked when one is made. */
    registry: boolean;
    /** Has the node image been made on this machine? */
    made: boolean;
  };
  root: boolean;
  /** Is this command there? */
  has: Record<'dockerd' | 'debootstrap' | 'debianKeyring' | 'jq' | 'cgroupfsMount', boolean>;
}

/** `imageMade` knows whether the node image that this falldown would make is there; it is asked when a Docker answers. */
export async function kindFacts(signal: AbortSignal, imageMade: () => Promise<boolean>): Promise<KindFacts> {
  const docker = await askDocker(signal);
  const made = docker.state === 'answers' && (await imageMade());
  // Where nothing has to be pulled nobody is asked: a registry that does not answer costs seconds.
  const registry = !made && (!!process.env.FALLDOWN_REGISTRY || (await registryAnswers(signal)));
  const local = isLocal(docker);
  return {
    distribution: distribution(),
    docker,
    lackingCapabilities: local ? lackingCapabilities(dockerPid(docker)) : [],
    restricted: isRestricted(docker, HOST_PATHS),
    cgroups: cgroups(),
    lowSysctls: lowSysctls(),
    dockerDisk: local && docker.server !== undefined ? await diskOf(docker.server.rootDir) : undefined,
    // Knows the limits of a container, unlike the free memory of the machine.
    availableBytes: process.availableMemory(),
    images: { registry, made },
    root: process.getuid?.() === 0,
    has: {
      dockerd: await isThere('dockerd'),
      debootstrap: await isThere('debootstrap'),
      debianKeyring: existsSync(KEYRING),
      jq: await isThere('jq'),
      cgroupfsMount: await isThere('cgroupfs-mount'),
    },
  };
}

/** A user's PATH may lack the folders of root's commands. */
const isThere = async (name: string): Promise<boolean> =>
  (await onPath(name, `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`)) !== undefined;
