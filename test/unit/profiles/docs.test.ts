import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtinProfiles } from '../../../clusters/profiles/builtin.ts';
import { admissionController, load, withFiles } from './helpers.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/profiles.md'), 'utf8');
const samples = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, body]) => body ?? '');
/** name → text; a sample names its file in its first line. */
const files = Object.fromEntries(samples.map((body) => [/^# file: (\S+)\n/.exec(body)?.[1] ?? '', body]));
/** The one sample that mine.yaml does not name. */
const OWN = 'with-our-safeguards.yaml';
const profiles = Object.keys(files).filter((name) => files[name]?.includes('kind: Profile'));

/** What the shell makes of a line: quotes and backslashes are its own. */
const wordsOf = (line: string) =>
  execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' }).split('\n');

describe('docs/profiles.md', () => {
  it('has samples, each with the name of its file', () => {
    expect(samples).to.have.length.above(4);
    expect(Object.keys(files)).to.have.length(samples.length).and.not.include('');
    expect(profiles).to.have.members(['mine.yaml', 'our-safeguards.yaml', OWN]);
  });

  it('mine.yaml loads with everything it names, and no sample is left over', () => {
    withFiles(files, (cwd) => {
      const { profile, restoredValues, sources } = load({ profile: './mine.yaml', cwd });
      for (const name of Object.keys(files).filter((f) => f !== OWN)) expect(sources).to.include(join(cwd, name));
      expect(profile.cluster.nodes.real).to.include({ cpu: '4', memory: '8Gi', pods: 110 });
      expect(profile.gatekeeper.values).to.deep.include({
        admissionController: { ...admissionController('as-in-the-incident'), replicas: 2 },
        config: { excludeKyvernoNamespace: true, webhooks: null },
      });
      expect(profile.gatekeeper.policies.map(({ metadata }) => metadata.name)).to.deep.equal(['no-latest-tag']);
      expect(profile.priorityClasses.map(({ name }) => name)).to.deep.equal([
        'security-critical',
        'batch',
        'gatekeeper',
      ]);
      expect(restoredValues).to.have.deep.property('admissionController', {
        ...admissionController('safeguarded'),
        replicas: 3,
        priorityClassName: 'gatekeeper',
        podDisruptionBudget: { enabled: true, minAvailable: 2 },
      });
      expect(restoredValues).to.have.nested.property('config.excludeKyvernoNamespace', true);
    });
  });

  it('with-our-safeguards.yaml loads with its safeguard', () => {
    withFiles(files, (cwd) => {
      expect(load({ profile: `./${OWN}`, cwd }).profile.safeguards[0]?.name).to.equal('two-and-a-class');
    });
  });

  it('the files of the samples can be given as flags', () => {
    withFiles(files, (cwd) => {
      const options = { kyvernoValues: ['values.yaml'], policies: 'policies', priorityClasses: 'classes.yaml', cwd };
      const { profile } = load({ profile: 'as-in-the-incident', ...options });
      expect(profile.gatekeeper.values).to.have.deep.property('admissionController', {
        ...admissionController('as-in-the-incident'),
        replicas: 2,
      });
      expect(profile.gatekeeper.policies).to.have.length(1);
      expect(profile.priorityClasses).to.have.length(3);
    });
  });

  const assignments = [...text.matchAll(/^npx falldown .* --set .*$/gm)].flatMap(([line]) => {
    const words = wordsOf(line);
    return words.filter((_, n) => words[n - 1] === '--set');
  });
  it('shows --set', () => expect(assignments).to.have.length.above(3));
  for (const assignment of assignments) {
    it(`--set ${assignment} loads`, () => {
      const plain = load({ profile: 'as-in-the-incident' }).profile;
      expect(load({ profile: 'as-in-the-incident', set: [assignment] }).profile).to.not.deep.equal(plain);
    });
  }

  it('names every built-in profile', () => {
    for (const { name } of builtinProfiles()) expect(text).to.match(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });
});
