import type { Docker, DockerServer } from './docker.ts';
import { gb, type HostLine, line, memoryLine } from './host-line.ts';
import type { KindFacts } from './kind-facts.ts';
import { RESTRICTED_RUNTIME } from './restricted-runtime.ts';
import { INOTIFY } from './sysctl.ts';

const GB = 1e9;
/** The node image is 1.1 GB, and each of two nodes unpacks its images once more, with Kyverno's. */
const DOCKER_DISK_BYTES = 6 * GB;
/** Two nodes with Kyverno take 2 GB, 10,000 fake pods 2 GB more. */
const MEMORY_BYTES = 4 * GB;
const MEMORY_LEAST_BYTES = 2.5 * GB;
/** What kind supports. */
const DOCKER_LEAST = '20.10';
/** Without these no node container can set its own network and mounts up, whatever the runtime leaves out. */
const INDISPENSABLE = ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN', 'CAP_MKNOD'];

const SETUP = 'falldown host setup';

/** Judges what was found on a host for kind clusters; every line that is not ok says what to do. */
export function judgeKindHost(facts: KindFacts): HostLine[] {
  const { server } = facts.docker;
  return [
    dockerLine(facts.docker, facts.distribution.debian),
    containers(facts),
    cgroupLine(facts),
    ...(server === undefined ? [] : [storage(server)]),
    imageLine(facts),
    inotify(facts),
    ...(facts.dockerDisk === undefined ? [] : [dockerDisk(facts.dockerDisk)]),
    memoryLine(facts.availableBytes, MEMORY_BYTES, MEMORY_LEAST_BYTES),
  ];
}

function dockerLine(docker: Docker, debian: boolean): HostLine {
  const { state, endpoint, reason = '', server } = docker;
  const check = 'docker';
  if (server !== undefined) {
    const seen = `Docker ${server.version} at ${endpoint}`;
    if (older(server.version, DOCKER_LEAST)) {
      return { check, state: 'missing', seen: `${seen}, ${DOCKER_LEAST} needed`, remedy: 'install a newer Docker' };
    }
    if (!server.rootless) return { check, state: 'ok', seen };
    const remedy = 'if nodes do not start, give falldown a Docker with root: DOCKER_HOST=unix:///var/run/docker.sock';
    return { check, state: 'warn', seen: `${seen}, rootless: kind needs more set-up there`, remedy };
  }
  const install = debian ? SETUP : 'install Docker: https://docs.docker.com/engine/install';
  if (state === 'none') return { check, state: 'missing', seen: 'there is no docker command', remedy: install };
  if (/permission denied/i.test(reason)) {
    return {
      check,
      state: 'missing',
      seen: `this user may not talk to the daemon at ${endpoint}`,
      remedy: 'run falldown as root, or let this user do what root can: usermod -aG docker USER, then log in anew',
    };
  }
  return { check, state: 'missing', seen: `no daemon answers at ${endpoint}: ${reason}`, remedy: `start it: ${SETUP}` };
}

/** Can a privileged container start? It asks for every capability, and gets none when one of them is withheld. */
function containers({ lackingCapabilities: lacking, restricted }: KindFacts): HostLine {
  const check = 'containers';
  if (lacking.length === 0) return { check, state: 'ok', seen: 'no capability is withheld from privileged ones' };
  const seen = `this host withholds ${lacking.join(', ')}`;
  if (lacking.some((capability) => INDISPENSABLE.includes(capability))) {
    return { check, state: 'missing', seen, remedy: 'run on a machine or VM of its own: no setting here can help' };
  }
  if (restricted) {
    return { check, state: 'ok', seen: `${seen}; the runtime ${RESTRICTED_RUNTIME} leaves it out` };
  }
  return {
    check,
    state: 'missing',
    seen: `${seen}, so privileged containers do not start`,
    remedy: `a runtime that leaves it out: ${SETUP}`,
  };
}

function cgroupLine({ cgroups: { version, lacking }, docker: { server } }: KindFacts): HostLine {
  const check = 'cgroups';
  if (version === undefined || lacking.length > 0) {
    const seen = version === undefined ? 'none are mounted' : `version ${version} without ${lacking.join(', ')}`;
    const remedy =
      'falldown host setup mounts them where there is no systemd; else enable them on the kernel’s command line';
    return { check, state: 'missing', seen, remedy };
  }
  const old = server?.cgroupVersion === '1' || (server === undefined && version === 1);
  return { check, state: 'ok', seen: old ? 'version 1: kubelets are told to accept it' : 'version 2' };
}

function storage({ storageDriver }: DockerServer): HostLine {
  const check = 'storage';
  if (storageDriver !== 'vfs') return { check, state: 'ok', seen: storageDriver };
  return {
    check,
    state: 'warn',
    seen: 'vfs, which copies the whole image for every container',
    remedy: 'put Docker’s data on a disk with overlay2 (data-root in /etc/docker/daemon.json)',
  };
}

/** Where the images come from: pulled, made already, or to be made here. */
function imageLine({ images, has, root, distribution }: KindFacts): HostLine {
  const check = 'images';
  if (images.made) return { check, state: 'ok', seen: 'the node image is made' };
  if (images.registry) return { check, state: 'ok', seen: 'official ones can be pulled' };
  const seen = 'no registry answers, so they are made here';
  const elsewhere = 'name a registry that has the official ones: FALLDOWN_REGISTRY=HOST';
  if (!has.debootstrap || !has.debianKeyring) {
    const remedy = distribution.debian
      ? `debootstrap and Debian’s keyring: ${SETUP}`
      : `install debootstrap, or ${elsewhere}`;
    return { check, state: 'missing', seen: `${seen}; debootstrap is missing`, remedy };
  }
  if (!root) {
    return {
      check,
      state: 'missing',
      seen: `${seen}; that takes root, once`,
      remedy: `make them as root (falldown images build), or ${elsewhere}`,
    };
  }
  return { check, state: 'ok', seen: `${seen}, once` };
}

function inotify({ lowSysctls: low }: KindFacts): HostLine {
  const check = 'inotify';
  if (low.length === 0) {
    const seen = Object.entries(INOTIFY).map(([name, wanted]) => `${name.replace('fs.inotify.', '')} ≥ ${wanted}`);
    return { check, state: 'ok', seen: seen.join(', ') };
  }
  return {
    check,
    state: 'warn',
    seen: low.map(({ name, value, wanted }) => `${name} is ${value}, ${wanted} wanted with several nodes`).join('\n'),
    remedy: low.every(({ writable }) => writable)
      ? SETUP
      : 'raise them on the machine outside of this container: they cannot be changed in here',
  };
}

function dockerDisk({ path, freeBytes }: { path: string; freeBytes: number }): HostLine {
  const seen = `${gb(freeBytes)} free for ${path}, ${gb(DOCKER_DISK_BYTES)} needed`;
  return line('docker disk', freeBytes >= DOCKER_DISK_BYTES, seen, {
    remedy:
      'make room there (docker system df shows what Docker holds), or move it: data-root in /etc/docker/daemon.json',
  });
}

function older(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(/[^0-9]+/).map(Number));
  for (const [i, wanted] of (b ?? []).entries()) if ((a?.[i] ?? 0) !== wanted) return (a?.[i] ?? 0) < wanted;
  return false;
}
