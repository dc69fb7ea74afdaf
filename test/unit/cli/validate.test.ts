import { expect } from 'chai';
import { planValidation, versionsIn } from '../../../harness/cli/validate-plan.ts';
import { serveOurselves } from '../run/serve-ourselves.ts';
import { falldown, Home } from './falldown.ts';

serveOurselves();

const flags = (over: object = {}) => ({
  from: 'kyverno=1.18.2',
  to: 'kyverno=1.19.1',
  experiments: ['admission-deadlock'],
  ...over,
});

describe('falldown validate', function () {
  this.timeout(20_000);

  it('reads the versions of a side, and refuses anything else', () => {
    expect(versionsIn('--from', 'kubernetes=v1.36.3, kyverno=1.18.2')).to.deep.equal({
      kubernetes: '1.36.3',
      kyverno: '1.18.2',
    });
    for (const text of ['', 'kyverno', 'kyverno=', 'etcd=3.6.8', 'kyverno=1,kyverno=2', 'kyverno=1=2']) {
      expect(() => versionsIn('--from', text), text).to.throw(/--from does not name versions/);
    }
  });

  it('plans each experiment on both sides, and the upgrade between them with the values of each side', async () => {
    const plan = await planValidation(
      flags({ to: 'kyverno=1.19.1,kubernetes=1.37.2', set: ['gatekeeper.values.x=1'] }),
    );
    const [side] = plan.sides;
    expect(side?.from.profile.gatekeeper.kyverno).to.equal('1.18.2');
    expect(side?.to.profile.gatekeeper.kyverno).to.equal('1.19.1');
    expect(side?.to.profile.cluster.kubernetes).to.equal('1.37.2');
    const upgrade = plan.upgrade!.asIs.profile;
    expect(upgrade.cluster.kubernetes).to.equal('1.36.3');
    expect(upgrade.gatekeeper).to.include({ kyverno: '1.18.2' });
    expect(upgrade.gatekeeper.upgradeTo).to.include({ kyverno: '1.19.1' });
    expect(upgrade.gatekeeper.upgradeTo?.values).to.include({ x: 1 });
    const guarded = plan.upgrade!.safeguarded!.profile.gatekeeper;
    for (const values of [guarded.values, guarded.upgradeTo?.values]) {
      expect(values?.admissionController).to.include({ replicas: 3, priorityClassName: 'system-cluster-critical' });
    }
    expect(plan.safeguards).to.include('replicas: 3').and.not.include('tlsKeyAlgorithm');
  });

  it('has no upgrade to watch when the gatekeeper is the same on both sides', async () => {
    const plan = await planValidation(flags({ from: 'kubernetes=1.35.4', to: 'kubernetes=1.36.3' }));
    expect(plan.upgrade).to.equal(undefined);
    expect(plan.from).to.include({ kubernetes: '1.35.4', kyverno: '1.19.1' });
    expect(plan.sides[0]?.from.profile.gatekeeper.kyverno).to.equal('1.19.1');
  });

  it('exits with 2 for a version that is not pinned, before anything is made', async () => {
    const home = new Home();
    try {
      const args = ['validate', '--from', 'kyverno=1.0.0', '--to', 'kyverno=1.19.1', '--dry-run'];
      const { code, stderr } = await falldown(args, home.env);
      expect(code).to.equal(2);
      expect(stderr).to.include('VERSION_NOT_PINNED').and.to.include('1.18.2, 1.19.1');
    } finally {
      home.close();
    }
  });
});
