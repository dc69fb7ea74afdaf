import type { DockerServer } from '../../../clusters/host/docker.ts';
import type { KindFacts } from '../../../clusters/host/kind-facts.ts';

const SERVER: DockerServer = {
  version: '20.10.24+dfsg1',
  cgroupVersion: '1',
  storageDriver: 'overlay2',
  rootDir: '/var/lib/docker',
  defaultRuntime: 'runc',
  rootless: false,
};

/** A Debian machine that has everything. */
export const FIT: KindFacts = {
  distribution: { name: 'Debian GNU/Linux 12 (bookworm)', debian: true, systemd: false },
  docker: {
    state: 'answers',
    endpoint: 'unix:///var/run/docker.sock',
    server: SERVER,
  },
  lackingCapabilities: [],
  restricted: false,
  cgroups: { version: 1, lacking: [] },
  lowSysctls: [],
  dockerDisk: { path: '/var/lib/docker', freeBytes: 50e9, writable: true },
  availableBytes: 8e9,
  images: { registry: false, made: false },
  root: true,
  has: { dockerd: true, debootstrap: true, debianKeyring: true, jq: true, cgroupfsMount: true },
};

/** The same without any Docker. */
export const BARE: KindFacts = {
  ...FIT,
  docker: { state: 'none', endpoint: 'unix:///var/run/docker.sock' },
  dockerDisk: undefined,
  has: { dockerd: false, debootstrap: false, debianKeyring: true, jq: false, cgroupfsMount: false },
};

export const withServer = (server: Partial<DockerServer>): Partial<KindFacts> => ({
  docker: { ...FIT.docker, server: { ...SERVER, ...server } },
});

export const INSTANCES = { name: 'fs.inotify.max_user_instances', value: 128, wanted: 512, writable: true };
