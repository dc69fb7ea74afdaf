import { expect } from 'chai';
import { lackingIn } from '../../../clusters/host/capabilities.ts';
import { cgroupsFrom } from '../../../clusters/host/cgroups.ts';
import { distributionFrom } from '../../../clusters/host/distribution.ts';
import { judgeKindHost } from '../../../clusters/host/kind-checks.ts';
import type { KindFacts } from '../../../clusters/host/kind-facts.ts';
import { FIT, INSTANCES, withServer } from './facts.ts';

const SOCKET = 'unix:///var/run/docker.sock';
const silent = (reason: string): Partial<KindFacts> => ({
  docker: { state: 'silent', endpoint: SOCKET, reason },
  dockerDisk: undefined,
});
const SYS_RESOURCE = ['CAP_SYS_RESOURCE'];

describe('host check --on kind', () => {
  it('finds nothing wrong with a host that has everything', () => {
    expect(judgeKindHost(FIT).map((line) => line.state)).to.deep.equal(Array(8).fill('ok'));
  });

  const CASES: [string, Partial<KindFacts>, string, 'missing' | 'warn' | 'ok', RegExp, RegExp?][] = [
    ['no docker command', { docker: { state: 'none', endpoint: SOCKET } }, 'docker', 'missing', /no docker/, /setup/],
    ['a daemon that died', silent('Is the docker daemon running?'), 'docker', 'missing', /no daemon answers/, /setup/],
    [
      'a socket that is not ours',
      silent('permission denied while trying to connect'),
      'docker',
      'missing',
      /this user may not/,
      /usermod -aG docker/,
    ],
    ['an old Docker', withServer({ version: '19.03.8' }), 'docker', 'missing', /20\.10 needed/],
    ['a rootless Docker', withServer({ rootless: true }), 'docker', 'warn', /rootless/],
    ['a withheld capability', { lackingCapabilities: SYS_RESOURCE }, 'containers', 'missing', /SYS_RESOURCE/, /setup/],
    [
      'the same with the runtime that leaves it out',
      { lackingCapabilities: SYS_RESOURCE, restricted: true },
      'containers',
      'ok',
      /leaves it out/,
    ],
    [
      'a host where no runtime can help',
      { lackingCapabilities: ['CAP_SYS_ADMIN'], restricted: true },
      'containers',
      'missing',
      /SYS_ADMIN/,
      /VM/,
    ],
    ['no cgroups', { cgroups: { version: undefined, lacking: ['cpu'] } }, 'cgroups', 'missing', /none/, /setup/],
    [
      'half of the cgroups',
      { cgroups: { version: 2, lacking: ['pids'] } },
      'cgroups',
      'missing',
      /2 without pids/,
      /setup/,
    ],
    ['cgroups of version 2', withServer({ cgroupVersion: '2' }), 'cgroups', 'ok', /version 2/],
    ['storage that copies', withServer({ storageDriver: 'vfs' }), 'storage', 'warn', /copies/],
    ['a registry', { images: { registry: true, made: false }, root: false }, 'images', 'ok', /can be pulled/],
    ['an image that is made', { images: { registry: false, made: true }, root: false }, 'images', 'ok', /is made/],
    ['no registry and no root', { root: false }, 'images', 'missing', /takes root/, /images build/],
    [
      'no registry and no debootstrap',
      { has: { ...FIT.has, debootstrap: false } },
      'images',
      'missing',
      /debootstrap/,
      /setup/,
    ],
    ['few inotify instances', { lowSysctls: [INSTANCES] }, 'inotify', 'warn', /is 128, 512 wanted/, /setup/],
    [
      '… that cannot be raised',
      { lowSysctls: [{ ...INSTANCES, writable: false }] },
      'inotify',
      'warn',
      /128/,
      /outside/,
    ],
    [
      'a nearly full disk',
      { dockerDisk: { path: '/d', freeBytes: 1e9, writable: true } },
      'docker disk',
      'missing',
      /1.0 GB/,
    ],
    ['little memory', { availableBytes: 3e9 }, 'memory', 'warn', /3.0 GB/],
    ['too little memory', { availableBytes: 2e9 }, 'memory', 'missing', /2.0 GB/],
  ];
  for (const [what, facts, check, state, seen, remedy = /./] of CASES) {
    it(`meets ${what}: ${state}`, () => {
      const line = judgeKindHost({ ...FIT, ...facts }).find((candidate) => candidate.check === check);
      expect(line?.state).to.equal(state);
      expect(line?.seen).to.match(seen);
      if (state === 'ok') expect(line?.remedy).to.equal(undefined);
      else expect(line?.remedy).to.match(remedy);
    });
  }

  it('sends nobody to apt on another distribution', () => {
    const facts = { ...FIT, docker: { state: 'none' as const, endpoint: SOCKET } };
    const other = judgeKindHost({ ...facts, distribution: { name: 'Fedora', debian: false, systemd: true } });
    expect(other[0]?.remedy).to.match(/docs\.docker\.com/);
  });
});

describe('host facts', () => {
  it('names the capabilities that a bounding set lacks', () => {
    expect(lackingIn('000001ffffffffff', 40)).to.deep.equal([]);
    expect(lackingIn('000001fffeffffff', 40)).to.deep.equal(SYS_RESOURCE);
    // A kernel that knows fewer withholds none of the others.
    expect(lackingIn('0000003fffffffff', 37)).to.deep.equal([]);
    expect(lackingIn('0', 40)).to.have.length(41).and.include('CAP_SYS_ADMIN');
  });

  it('tells the versions of cgroups apart, also where both are mounted', () => {
    const v1 = ['cpu,cpuacct', 'cpuset', 'memory', 'pids'].map((c) => `cgroup /c cgroup rw,relatime,${c} 0 0`);
    const unified = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0';
    expect(cgroupsFrom(v1.join('\n'), '')).to.deep.equal({ version: 1, lacking: [] });
    expect(cgroupsFrom([...v1, unified].join('\n'), '')).to.deep.equal({ version: 1, lacking: [] });
    expect(cgroupsFrom(v1.slice(0, 3).join('\n'), '')).to.deep.equal({ version: 1, lacking: ['pids'] });
    expect(cgroupsFrom(unified, 'cpuset cpu io memory pids\n')).to.deep.equal({ version: 2, lacking: [] });
    expect(cgroupsFrom('proc /proc proc rw 0 0', '').version).to.equal(undefined);
  });

  it('knows Debian and its descendants', () => {
    expect(distributionFrom('PRETTY_NAME="Debian GNU/Linux 13"\nID=debian\n')).to.deep.equal({
      name: 'Debian GNU/Linux 13',
      debian: true,
    });
    expect(distributionFrom('ID=ubuntu\nID_LIKE=debian\n').debian).to.equal(true);
    expect(distributionFrom('ID=linuxmint\nID_LIKE="ubuntu debian"\n').debian).to.equal(true);
    expect(distributionFrom('ID="alpine"\nPRETTY_NAME="Alpine Linux"\n').debian).to.equal(false);
    expect(distributionFrom('')).to.deep.equal({ name: 'unknown', debian: false });
  });
});
