import { expect } from 'chai';
import type { KindFacts } from '../../../clusters/host/kind-facts.ts';
import { planSetup, tell } from '../../../clusters/host/setup-plan.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { BARE, FIT, INSTANCES } from './facts.ts';

const kinds = (facts: KindFacts) => planSetup(facts).steps.map((step) => step.kind);
const registry = { registry: true, made: false };
const failure = (work: () => unknown): FalldownError => {
  try {
    work();
  } catch (error) {
    if (error instanceof FalldownError) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

describe('host setup: its plan', () => {
  it('is empty on a host that has everything, whatever its distribution', () => {
    expect(planSetup(FIT)).to.deep.equal({ steps: [], notes: [] });
    const fedora = { name: 'Fedora', debian: false, systemd: true };
    expect(planSetup({ ...FIT, distribution: fedora }).steps).to.deep.equal([]);
  });

  it('makes a bare sandbox able: packages, runtime, kernel settings, then the daemon', () => {
    const bare = { ...BARE, lackingCapabilities: ['CAP_SYS_RESOURCE'], lowSysctls: [INSTANCES] };
    const { steps } = planSetup(bare);
    expect(steps).to.deep.equal([
      { kind: 'packages', names: ['docker.io', 'iptables', 'jq', 'debootstrap'] },
      { kind: 'runtime', leavesOut: ['CAP_SYS_RESOURCE'] },
      { kind: 'sysctl', settings: [INSTANCES] },
      { kind: 'daemon', how: 'detached' },
    ]);
    const told = steps.map(tell);
    expect(told[0]).to.equal('apt-get install --no-install-recommends docker.io iptables jq debootstrap');
    expect(told[1]).to.include('runc without CAP_SYS_RESOURCE').and.to.include('/etc/docker/daemon.json');
    expect(told[2]).to.include('fs.inotify.max_user_instances=512 (now 128)');
    expect(told[3]).to.include('no systemd').and.to.include('/var/log/falldown-dockerd.log');
  });

  it('has no restricted runtime where nothing is withheld, and asks systemd where there is one', () => {
    const { steps } = planSetup({ ...BARE, images: registry, distribution: { ...BARE.distribution, systemd: true } });
    expect(steps).to.deep.equal([
      { kind: 'packages', names: ['docker.io', 'iptables'] },
      { kind: 'daemon', how: 'systemd' },
    ]);
  });

  it('mounts the cgroups where nobody has, but not behind systemd’s back', () => {
    const none = { ...FIT, cgroups: { version: undefined, lacking: ['cpu'] } };
    expect(kinds(none)).to.deep.equal(['cgroups']);
    expect(planSetup({ ...none, images: registry, has: BARE.has }).steps[0]).to.deep.equal({
      kind: 'packages',
      names: ['cgroupfs-mount'],
    });
    expect(kinds({ ...none, distribution: { ...FIT.distribution, systemd: true } })).to.deep.equal([]);
  });

  it('gets what makes images only where they have to be made', () => {
    const packages = (facts: Partial<KindFacts>) => {
      const [step] = planSetup({ ...FIT, ...facts }).steps;
      return step?.kind === 'packages' ? step.names : [];
    };
    const has = { ...FIT.has, debootstrap: false, debianKeyring: false };
    expect(packages({ has })).to.deep.equal(['debootstrap', 'debian-archive-keyring']);
    expect(packages({ has, images: registry })).to.deep.equal([]);
    expect(packages({ has, images: { registry: false, made: true } })).to.deep.equal([]);
  });

  it('only starts a daemon that died', () => {
    const dead = { ...FIT, docker: { ...BARE.docker, state: 'silent' as const, reason: 'is it running?' } };
    expect(kinds(dead)).to.deep.equal(['daemon']);
    const withRuntime = { ...dead, lackingCapabilities: ['CAP_SYS_RESOURCE'], restricted: true };
    expect(kinds(withRuntime)).to.deep.equal(['daemon']);
  });

  it('only gives a running Docker the runtime that it lacks, once', () => {
    const restricted = { ...FIT, lackingCapabilities: ['CAP_SYS_RESOURCE'] };
    expect(kinds(restricted)).to.deep.equal(['runtime']);
    expect(kinds({ ...restricted, restricted: true })).to.deep.equal([]);
  });

  it('says what cannot be changed from in here instead of trying', () => {
    const { steps, notes } = planSetup({ ...FIT, lowSysctls: [{ ...INSTANCES, writable: false }] });
    expect(steps).to.deep.equal([]);
    expect(notes.join()).to.include('cannot be changed');
  });

  it('refuses another distribution, and says what is to be done by hand', () => {
    const error = failure(() => planSetup({ ...BARE, distribution: { ...BARE.distribution, debian: false } }));
    expect(error).to.include({ code: 'HOST_NOT_DEBIAN', exitCode: 3 });
    expect(error.message).to.include('docker.io');
  });

  it('does not start a daemon here for a user whose Docker is elsewhere', () => {
    const remote = { state: 'silent' as const, endpoint: 'tcp://10.0.0.1:2375', reason: 'connection refused' };
    const error = failure(() => planSetup({ ...FIT, docker: remote }));
    expect(error).to.include({ code: 'DOCKER_ELSEWHERE', exitCode: 3 });
    const answering = { ...FIT.docker, endpoint: 'unix:///run/other.sock' };
    expect(planSetup({ ...FIT, docker: answering }).steps).to.deep.equal([]);
    const lacking = { ...FIT, docker: answering, lackingCapabilities: ['CAP_SYS_RESOURCE'] };
    expect(failure(() => planSetup(lacking)).code).to.equal('DOCKER_ELSEWHERE');
  });
});
