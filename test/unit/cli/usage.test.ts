import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { falldown, Home } from './falldown.ts';

describe('a mistyped command line', function () {
  this.timeout(20_000);
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.close());

  const CASES: [string, string[], RegExp][] = [
    ['command', ['cluster'], /unknown command 'cluster'\n\(Did you mean clusters\?\)/],
    ['option', ['run', '--pod', '5'], /unknown option '--pod'\n\(Did you mean --pods\?\)/],
    ['option value', ['run', '--pods', 'many'], /expected a whole number above 0/],
    ['kind of cluster', ['up', '--on', 'cloud'], /'--on <provider>' argument 'cloud' is invalid.*embedded/],
    ['experiment', ['run', 'admission-deadlok'], /did you mean “admission-deadlock”\?[\s\S]*EXPERIMENT_UNKNOWN/],
    [
      'experiment for other clusters',
      ['run', 'node-drain'],
      /cannot run on embedded[\s\S]*--on kind[\s\S]*EXPERIMENT_NEEDS/,
    ],
    ['profile', ['up', '--profile', 'safeguardd'], /safeguarded/],
    ['name', ['up', '--name', 'My_Cluster'], /lower-case letters, digits and dashes/],
    ['path in a name', ['up', '--name', '../../etc'], /lower-case letters, digits and dashes/],
    ['too long a name', ['up', '--name', 'a'.repeat(41)], /at most 40/],
    ['set-point', ['up', '--set', 'cluster.nodez=1'], /nodez/],
    ['run', ['report', 'latset', '--out', '/nonexistent'], /no such run[\s\S]*RUN_UNKNOWN/],
    ['cluster', ['down', 'nobody'], /CLUSTER_UNKNOWN/],
    ['nothing to take down', ['down'], /DOWN_WHAT/],
    ['run to clean up', ['cleanup', '--run', 'nobody'], /RUN_UNKNOWN/],
    ['version of a binary', ['toolchain', 'build', 'kyverno', '--version', 'kyverno=1.0.0'], /VERSION_NOT_PINNED/],
    ['argument too many', ['clusters', 'demo'], /too many arguments/],
  ];
  for (const [what, args, message] of CASES) {
    it(`(${what}: falldown ${args.join(' ').slice(0, 40)}) exits with 2, says what was meant, and creates nothing`, async () => {
      const { code, stdout, stderr } = await falldown(args, home.env);
      expect(stderr).to.match(message);
      expect(stderr).not.to.include('    at ');
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(existsSync(home.state)).to.equal(false);
    });
  }
});
