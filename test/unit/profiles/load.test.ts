import { join } from 'node:path';
import { expect } from 'chai';
import { builtinProfiles, profilesFolder } from '../../../clusters/profiles/builtin.ts';
import { admissionController, FIXTURES, failureOf, HEADER, load, problemsIn, withFiles } from './helpers.ts';

describe('loadProfile', () => {
  it('fills in the defaults that ship', () => {
    const { profile, restoredValues, sources } = load({ profile: './valid-minimal.yaml' });
    expect(profile.cluster.controllerManager).to.deep.equal({ kubeApiQps: 20, kubeApiBurst: 30 });
    expect(profile.gatekeeper.values).to.deep.equal({});
    expect(profile.workloads.encoding).to.include({ namespace: 'encoding', pods: 3000, realPods: 0 });
    expect(profile.workloads.security.requests).to.deep.equal({ cpu: '1950m', memory: '64Mi' });
    expect(profile.gatekeeper.probes.violating.metadata.labels).to.deep.equal({ app: 'slipped-in' });
    expect(profile).to.not.have.any.keys('extends', 'priorityClassFiles');
    expect(restoredValues).to.equal(undefined);
    expect(sources).to.deep.equal([join(FIXTURES, 'valid-minimal.yaml')]);
  });

  it('merges maps, replaces lists, keeps null, over what a profile extends', () => {
    const { profile } = load({ profile: './valid-extends.yaml' });
    expect(profile.name).to.equal('mine');
    expect(profile.description).to.equal('');
    expect(profile.cluster.nodes.real).to.deep.equal({ count: 1, cpu: '4', memory: '4Gi', pods: 110 });
    expect(profile.gatekeeper.values).to.deep.include({
      // An unquoted `yes` is true, as it is to helm.
      config: { excludeKyvernoNamespace: false, webhooks: { objectSelector: { matchLabels: { guarded: true } } } },
      reportsController: null,
      cleanupController: { enabled: false },
    });
    expect(profile.priorityClasses).to.deep.equal([
      { name: 'security-critical', value: -5, preemptionPolicy: 'Never', team: 'security' },
    ]);
  });

  it('reads the files that a profile names', () => {
    const { profile, sources } = load({ profile: './valid-files.yaml' });
    const { values, policies } = profile.gatekeeper;
    expect(values.admissionController).to.deep.equal({
      ...admissionController('as-in-the-incident'),
      replicas: 3,
      priorityClassName: 'system-cluster-critical',
    });
    expect(values.config).to.deep.equal({ excludeKyvernoNamespace: true, webhooks: null });
    expect(policies.map(({ metadata }) => metadata.name)).to.deep.equal(['first', 'second', 'owned']);
    expect(policies[2]).to.have.all.keys('apiVersion', 'kind', 'metadata', 'spec');
    expect(policies[2]?.metadata).to.deep.equal({ name: 'owned' });
    expect(profile.priorityClasses).to.deep.equal([
      { name: 'batch-low', value: 100, preemptionPolicy: 'Never', team: 'video', description: 'May wait.' },
      { name: 'security-critical', value: 5 },
    ]);
    expect(profile.gatekeeper).to.not.have.any.keys('valuesFiles', 'policyFiles');
    expect(sources).to.include.members(['values-1.yaml', 'classes.yaml'].map((file) => join(FIXTURES, 'files', file)));
  });

  it('resolves paths from the file that says them', () => {
    const files = {
      'deep/base.yaml': `${HEADER}name: base\nrestoreWith: ./safe.yaml\ngatekeeper: { valuesFiles: [v.yaml], chart: { ref: ./chart.tgz } }`,
      'deep/v.yaml': 'a: 1',
      'deep/chart.tgz': '',
      'deep/safe.yaml': `${HEADER}name: safe\ngatekeeper: { values: { a: 2 } }`,
      'mine.yaml': `${HEADER}name: mine\nextends: deep/base.yaml`,
    };
    withFiles(files, (cwd) => {
      const { profile, restoredValues } = load({ profile: 'mine.yaml', cwd });
      expect(profile.gatekeeper).to.deep.include({ values: { a: 1 }, chart: { ref: join(cwd, 'deep/chart.tgz') } });
      expect(profile.restoreWith).to.equal(join(cwd, 'deep/safe.yaml'));
      expect(restoredValues).to.deep.equal({ a: 2 });
    });
  });

  describe('restoredValues', () => {
    const safeguards = {
      replicas: 3,
      priorityClassName: 'system-cluster-critical',
      podDisruptionBudget: { enabled: true, minAvailable: 2 },
    };
    const restored = () => ({ ...admissionController('safeguarded'), ...safeguards });

    it('are the values with what the restoring profile adds', () => {
      const { profile, restoredValues } = load({ profile: 'as-in-the-incident' });
      expect(profile.gatekeeper.values.admissionController).to.not.have.any.keys(...Object.keys(safeguards));
      expect(restoredValues).to.deep.equal({ ...profile.gatekeeper.values, admissionController: restored() });
    });

    it('leave what the user changed, although the restoring profile extends the same base', () => {
      const { restoredValues } = load({ profile: 'starvation' });
      expect(restoredValues).to.have.nested.property('config.excludeKyvernoNamespace', true);
      expect(restoredValues).to.have.deep.property('admissionController', restored());
    });
  });

  describe('built-in profiles', () => {
    it('are listed with a description', () => {
      const builtin = builtinProfiles();
      const names = builtin.map(({ name }) => name);
      expect(names).to.include.members(['as-in-the-incident', 'real-nodes', 'safeguarded', 'starvation']);
      expect(names).to.deep.equal(names.toSorted());
      for (const { description } of builtin) expect(description).to.match(/\w{3}.*\.$/);
    });

    for (const { name, description, path } of builtinProfiles()) {
      it(`${name} loads by name and by path, and bears its own name`, () => {
        const { profile } = load({ profile: name });
        expect(profile).to.include({ name, description });
        expect(load({ profile: path }).profile).to.deep.equal(profile);
      });
    }

    it('starvation has the webhook settings that the chart ships', () => {
      const { config } = load({ profile: 'starvation' }).profile.gatekeeper.values;
      expect(config).to.deep.equal({
        excludeKyvernoNamespace: true,
        webhooks: {
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
          },
        },
      });
    });
  });

  describe('a profile that is not there', () => {
    it('by name: the names there are, and the one that was meant', () => {
      const { code, exitCode, message } = failureOf(() => load({ profile: 'safegarded' }));
      expect({ code, exitCode }).to.deep.equal({ code: 'PROFILE_UNKNOWN', exitCode: 2 });
      expect(message)
        .to.match(/one of .*as-in-the-incident, .*safeguarded, .*starvation/)
        .and.include('did you mean “safeguarded”?');
    });

    it('by a name that is that of a file here', () => {
      expect(failureOf(() => load({ profile: 'valid-minimal' })).message).to.include(
        'did you mean “./valid-minimal.yaml”?',
      );
    });

    it('in extends: where it was written', () => {
      withFiles({ 'a.yaml': `${HEADER}name: a\nextends: starvatoin` }, (cwd) => {
        const { code, message } = failureOf(() => load({ profile: './a.yaml', cwd }));
        expect(code).to.equal('PROFILE_UNKNOWN');
        expect(message).to.include('starvatoin, named at a.yaml:4:10').and.include('did you mean “starvation”?');
      });
    });

    it('by path: the near names in that folder', () => {
      const { code, exitCode, message } = failureOf(() => load({ profile: './valid-minimol.yaml' }));
      expect({ code, exitCode }).to.deep.equal({ code: 'FILE_NOT_FOUND', exitCode: 2 });
      expect(message).to.include('did you mean “valid-minimal.yaml”?');
      expect(failureOf(() => load({ profile: 'files/nothing-near.yaml' })).message).to.include(
        'in that folder: classes-wrong.yaml, classes.yaml',
      );
      expect(failureOf(() => load({ profile: 'no/such.yaml' })).message).to.include('no folder no either');
      expect(failureOf(() => load({ profile: './files' })).message).to.include(
        'a folder stands where a file was expected',
      );
    });

    it('a file that a profile names: where it was named', () => {
      withFiles({ 'a.yaml': `${HEADER}name: a\ngatekeeper:\n  valuesFiles: [none.yaml]` }, (cwd) => {
        const { code, message } = failureOf(() => load({ profile: './a.yaml', cwd }));
        expect(code).to.equal('FILE_NOT_FOUND');
        expect(message).to.include('none.yaml').and.include('named at a.yaml:5:17');
      });
    });
  });

  it('refuses what is not YAML, at its place', () => {
    withFiles({ 'a.yaml': `${HEADER}name: a\ncluster: {\n` }, (cwd) => {
      const { code, exitCode, message } = failureOf(() => load({ profile: './a.yaml', cwd }));
      expect({ code, exitCode }).to.deep.equal({ code: 'PROFILE_NOT_YAML', exitCode: 2 });
      expect(message).to.match(/a\.yaml:5:1: /);
    });
  });

  it('refuses a profile that extends itself', () => {
    withFiles({ 'a.yaml': `${HEADER}name: a\nextends: ./a.yaml` }, (cwd) => {
      expect(problemsIn({ profile: './a.yaml', cwd })).to.deep.equal([
        'a.yaml:4:10: extends goes round in a circle: a.yaml → a.yaml',
      ]);
    });
  });

  it('shows paths relative to the current folder, those outside of it in full', () => {
    const [first] = problemsIn({ profile: './invalid-header.yaml', cwd: FIXTURES });
    expect(first).to.match(/^invalid-header\.yaml:1:1: /);
    const message = failureOf(() =>
      load({ profile: join(FIXTURES, 'invalid-header.yaml'), cwd: profilesFolder() }),
    ).message;
    expect(message).to.include(`${join(FIXTURES, 'invalid-header.yaml')}:1:1: `);
  });
});
