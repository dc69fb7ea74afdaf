import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Falldown } from './falldown.ts';

/** Runs that must not end with 0, each for its own reason. */
describe('verdicts of real runs', () => {
  let falldown: Falldown;

  before(async () => {
    falldown = await Falldown.make();
  });
  after(() => falldown.dispose());

  it('safeguarded from the start, the incident does not happen: violated, and it says what stood', async function () {
    this.timeout(120_000);
    const quick = ['--pods', '30', '--set', 'timings.preemptionWithinSeconds=8', '--out', falldown.out];
    const { code, stdout, stderr } = await falldown.run(['run', '--profile', 'safeguarded', ...quick]);
    expect(code, stderr + stdout).to.equal(1);
    expect(stdout).to.match(/VIOLATED: the cluster stood/);
    const { experiments } = await falldown.result('admission-deadlock');
    expect(experiments[0]?.outcome).to.equal('stood');
    const preemption = experiments[0]?.checks.find((c) => c.name.startsWith('F6'));
    expect(preemption?.verdict).to.equal('violated');
    expect(preemption?.because).to.match(/stood|stayed/);
    expect(await falldown.leftovers()).to.deep.equal([]);
  });

  it('a gatekeeper that does not start is inconclusive, and its last words are shown', async function () {
    this.timeout(150_000);
    await mkdir(falldown.home, { recursive: true });
    const values = join(falldown.home, 'values.yaml');
    await writeFile(values, 'admissionController: { container: { extraArgs: { noSuchFlag: "1" } } }\n');
    const { code, stderr } = await falldown.run(['run', '--kyverno-values', values, '--out', falldown.out]);
    expect(code, stderr).to.equal(3);
    expect(stderr).to.include('GATEKEEPER_NOT_ENFORCING');
    expect(stderr).to.match(/flag provided but not defined: -noSuchFlag/);
    expect(await falldown.leftovers()).to.deep.equal([]);
  });
});
