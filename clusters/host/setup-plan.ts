import { FalldownError } from '../../harness/errors.ts';
import { DEFAULT_SOCKET, type Docker } from './docker.ts';
import type { KindFacts } from './kind-facts.ts';
import { HOST_PATHS } from './paths.ts';
import type { LowSysctl } from './sysctl.ts';

/** One thing that `host setup` does, as data: planned from facts alone, told to people, then done. */
export type SetupStep =
  | { kind: 'packages'; names: string[] }
  | { kind: 'cgroups' }
  | { kind: 'runtime'; leavesOut: string[] }
  | { kind: 'sysctl'; settings: LowSysctl[] }
  | { kind: 'daemon'; how: 'systemd' | 'detached' };

export interface SetupPlan {
  steps: SetupStep[];
  /** What is not as wanted and cannot be changed from here. */
  notes: string[];
}

/**
 * What makes a Debian host able to run kind clusters; empty when it is.
 * Throws HOST_NOT_DEBIAN, and DOCKER_ELSEWHERE when the daemon that does not answer is none that can be started here.
 */
export function planSetup(facts: KindFacts): SetupPlan {
  const { docker, has, distribution, lackingCapabilities: lacking } = facts;
  const answers = docker.state === 'answers';
  const restrict = lacking.length > 0 && !facts.restricted;
  if ((!answers || restrict) && docker.endpoint !== DEFAULT_SOCKET) throw elsewhere(docker);
  // With systemd, whoever mounts them on the side breaks it.
  const mount = facts.cgroups.version === undefined && !distribution.systemd;
  const makesImages = !facts.images.registry && !facts.images.made;
  const packages = [
    ...(answers || (docker.state === 'silent' && has.dockerd) ? [] : ['docker.io', 'iptables']),
    ...(mount && !has.cgroupfsMount ? ['cgroupfs-mount'] : []),
    ...(restrict && !has.jq ? ['jq'] : []),
    ...(makesImages && !has.debootstrap ? ['debootstrap'] : []),
    ...(makesImages && !has.debianKeyring ? ['debian-archive-keyring'] : []),
  ];
  const writable = facts.lowSysctls.filter((setting) => setting.writable);
  const steps: SetupStep[] = [];
  if (packages.length > 0) steps.push({ kind: 'packages', names: packages });
  if (mount) steps.push({ kind: 'cgroups' });
  if (restrict) steps.push({ kind: 'runtime', leavesOut: lacking });
  if (writable.length > 0) steps.push({ kind: 'sysctl', settings: writable });
  if (!answers) steps.push({ kind: 'daemon', how: distribution.systemd ? 'systemd' : 'detached' });
  if (steps.length > 0 && !distribution.debian) throw notDebian(distribution.name, steps);
  return { steps, notes: facts.lowSysctls.filter((setting) => !setting.writable).map(unchangeable) };
}

/** What a step does, for people; commands can be pasted. */
export function tell(step: SetupStep): string {
  switch (step.kind) {
    case 'packages':
      return `apt-get install --no-install-recommends ${step.names.join(' ')}`;
    case 'cgroups':
      return 'cgroupfs-mount: mount the cgroups, which nobody has done here';
    case 'runtime': {
      const { wrapper, daemonJson } = HOST_PATHS;
      return `make ${wrapper} Docker's default runtime (in ${daemonJson}): runc without ${step.leavesOut.join(', ')}, which this host withholds`;
    }
    case 'sysctl': {
      const all = step.settings.map(({ name, value, wanted }) => `${name}=${wanted} (now ${value})`);
      return `sysctl -w ${all.join(' ')}, also in ${HOST_PATHS.sysctlFile}`;
    }
    case 'daemon':
      return step.how === 'systemd'
        ? 'systemctl enable --now docker'
        : `start dockerd, detached: there is no systemd here; its log: ${HOST_PATHS.dockerdLog}`;
  }
}

const unchangeable = ({ name, value, wanted }: LowSysctl): string =>
  `${name} is ${value} and cannot be changed from in here (${wanted} wanted): with several nodes, pods may fail with "too many open files"`;

function elsewhere({ endpoint, reason }: Docker): FalldownError {
  return new FalldownError({
    code: 'DOCKER_ELSEWHERE',
    kind: 'setup',
    what: 'this user’s Docker is not the one that host setup can start and configure',
    on: endpoint,
    expected: DEFAULT_SOCKET,
    seen: reason ?? 'it answers, but privileged containers do not start there',
    next: 'set it up where it runs; or unset DOCKER_HOST (docker context use default) to use one on this machine',
  });
}

function notDebian(name: string, steps: readonly SetupStep[]): FalldownError {
  return new FalldownError({
    code: 'HOST_NOT_DEBIAN',
    kind: 'setup',
    what: 'host setup knows Debian and its descendants alone',
    on: name,
    seen: `this host still needs:\n${steps.map((step) => `  ${tell(step)}`).join('\n')}`,
    next: 'do the like by hand, then falldown host check --on kind',
  });
}
