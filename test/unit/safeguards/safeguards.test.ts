import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { profileSchema } from '../../../clusters/profiles/schema.ts';
import { safeguardCells } from '../../../harness/run/safeguard-cells.ts';
import { ownSafeguards, SAFEGUARDS } from '../../../harness/safeguards/catalogue.ts';
import { patched } from '../../../harness/safeguards/patch.ts';

const profile = loadProfile({ profile: 'two-infrastructure-nodes' }).profile;

describe('safeguards', () => {
  for (const safeguard of SAFEGUARDS) {
    it(`${safeguard.name} changes the profile, and it stays one`, () => {
      const with_ = patched(profile, safeguard.patch(profile));
      expect(with_).to.not.deep.equal(profile);
      expect(profileSchema.safeParse(with_).success, JSON.stringify(profileSchema.safeParse(with_).error)).to.equal(
        true,
      );
      expect(safeguard.describe + safeguard.claims).to.not.match(/\n/);
    });
  }

  it('have names of their own', () => {
    const names = SAFEGUARDS.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  it('merge maps, replace lists, merge classes by name and add objects; what is there stays as it was', () => {
    const before = structuredClone(profile);
    const over = patched(profile, {
      gatekeeper: { values: { admissionController: { replicas: 3 }, config: { webhooks: null } }, policies: [] },
      priorityClasses: [
        { name: 'security-critical', preemptionPolicy: 'Never' },
        { name: 'new', value: 7 },
      ],
      workloads: { encoding: { parallelism: 4 } },
      objects: [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' } }],
    });
    expect(over.gatekeeper.values.admissionController).to.include({ replicas: 3, tlsKeyAlgorithm: 'ECDSA' });
    expect(over.gatekeeper.values.config).to.deep.equal({ excludeKyvernoNamespace: false, webhooks: null });
    expect(over.gatekeeper.policies).to.deep.equal([]);
    expect(over.priorityClasses.map((c) => [c.name, c.value, c.preemptionPolicy])).to.deep.equal([
      ['security-critical', 1_000_000_000, 'Never'],
      ['batch', 1000, undefined],
      ['new', 7, undefined],
    ]);
    expect(over.workloads.encoding).to.include({ parallelism: 4, pods: 600 });
    expect(over.objects).to.have.length(1);
    expect(profile).to.deep.equal(before);
  });
});

describe('the cells of the experiment safeguards', () => {
  const cells = safeguardCells(profile);
  const names = cells.map(({ name }) => name);

  it('are twelve by default, with names of their own', () => {
    expect(cells.filter((c) => c.byDefault)).to.have.length(12);
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^[a-z0-9-]+$/);
  });

  it('are none, each alone, all, all but one and each pair, for each trigger', () => {
    expect(names).to.include.members([
      'drain-none',
      'stall-short-timeout',
      'collision-all',
      'drain-all-but-spread',
      'collision-replicas-and-spread',
    ]);
    expect(names.filter((n) => n.startsWith('stall-'))).to.have.length(1 + 14 + 1 + 10 + 91);
  });

  it('give a safeguard one where it is said to help', () => {
    for (const { name, against } of SAFEGUARDS)
      for (const trigger of against.filter((t) => t !== 'node-pressure'))
        expect(names).to.include(`${trigger}-${name}`);
  });

  it('say what they cost and expose', () => {
    const data = (name: string) => cells.find((c) => c.name === name)?.data;
    expect(data('collision-none')).to.deep.equal({ safeguards: '', replicas: 1, reservedCpuCores: 0.1 });
    expect(data('collision-spread')).to.include({ replicas: 2, reservedCpuCores: 2.2 });
    expect(data('collision-fail-open')?.exposes).to.include('anything is admitted');
  });

  it('start with the safeguards in the profile', () => {
    const start = cells.find((c) => c.name === 'drain-replicas')?.start;
    expect(start?.name).to.equal('with-replicas');
    expect(start?.profile?.(profile).gatekeeper.values.admissionController).to.include({ replicas: 3 });
    expect(cells.find((c) => c.name === 'drain-none')).to.not.have.property('start');
  });

  it('are every combination of the safeguards of a factorial design, against the collision', () => {
    const factorial = ['replicas', 'spread', 'critical-priority'];
    const usual = safeguardCells({ ...profile, factorial }).filter((c) => c.byDefault);
    expect(usual.map((c) => c.name)).to.have.members([
      'collision-none',
      'collision-replicas',
      'collision-spread',
      'collision-critical-priority',
      'collision-replicas-and-spread',
      'collision-replicas-and-critical-priority',
      'collision-critical-priority-and-spread',
      'collision-replicas-and-critical-priority-and-spread',
    ]);
    const all = safeguardCells({ ...profile, factorial }).map((c) => c.name);
    expect(new Set(all).size).to.equal(all.length);
  });

  it('try a safeguard of the user’s own', () => {
    const own = {
      name: 'ours',
      describe: 'x',
      patch: { priorityClasses: [], objects: [], gatekeeper: { values: { a: 1 } } },
    };
    const mine = { ...profile, safeguards: [own] };
    expect(ownSafeguards(mine)[0]).to.include({ name: 'ours', describe: 'x' });
    const cell = safeguardCells(mine).find((c) => c.name === 'collision-ours');
    expect(cell?.byDefault).to.equal(true);
    expect(cell?.start?.profile?.(mine).gatekeeper.values).to.include({ a: 1 });
  });
});
