import { expect } from 'chai';
import { admissionController, HEADER, load, problemsIn, withFiles } from './helpers.ts';

describe('flags over a profile', () => {
  it('--kyverno-values go over the profile in order, null kept', () => {
    const kyvernoValues = ['files/values-1.yaml', 'files/values-2.yaml'];
    const { values } = load({ profile: 'safeguarded', kyvernoValues }).profile.gatekeeper;
    expect(values.admissionController).to.deep.equal({
      ...admissionController('safeguarded'),
      replicas: 2,
      priorityClassName: 'system-cluster-critical',
      podDisruptionBudget: { enabled: true, minAvailable: 2 },
    });
    expect(values.config).to.deep.equal({ excludeKyvernoNamespace: true, webhooks: null });
  });

  it('--policies replaces the policies', () => {
    const names = (policies: string) =>
      load({ profile: 'safeguarded', policies }).profile.gatekeeper.policies.map(({ metadata }) => metadata.name);
    expect(names('files/policies')).to.deep.equal(['first', 'second', 'owned']);
    expect(names('files/policies/b.yml')).to.deep.equal(['owned']);
  });

  it('--policies without a policy is refused', () => {
    withFiles({ 'p/readme.txt': 'x', 'p/empty.yaml': '# nothing' }, (cwd) => {
      expect(problemsIn({ profile: 'safeguarded', policies: 'p', cwd })).to.deep.equal([
        '--policies: expected Kyverno policies in p, seen none',
      ]);
    });
  });

  it('--priority-classes merges by name', () => {
    const { priorityClasses } = load({ profile: 'safeguarded', priorityClasses: 'files/classes.yaml' }).profile;
    expect(priorityClasses.map(({ name, value }) => [name, value])).to.deep.equal([
      ['batch-low', 100],
      ['security-critical', 5],
    ]);
  });

  it('--workloads replaces services and objects, without what the API server adds', () => {
    const { workloads, objects } = load({ profile: 'several-teams', workloads: 'files/workloads.yaml' }).profile;
    expect(workloads.services).to.deep.equal([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { replicas: 2 },
      },
    ]);
    expect(objects.map(({ kind }) => kind)).to.deep.equal(['PodDisruptionBudget']);
    expect(problemsIn({ profile: 'several-teams', workloads: 'files/policies' })[0]).to.include(
      'expected one of Deployment',
    );
  });

  it('a class that only exists because of --priority-classes can be referred to', () => {
    const set = ['workloads.encoding.priorityClassName=batch-low'];
    expect(problemsIn({ profile: 'safeguarded', set })[0]).to.match(/^--set .*seen "batch-low"/);
    const { encoding } = load({ profile: 'safeguarded', set, priorityClasses: 'files/classes.yaml' }).profile.workloads;
    expect(encoding.priorityClassName).to.equal('batch-low');
  });

  it('--pods sets the segments', () => {
    expect(load({ profile: 'safeguarded', pods: 42 }).profile.workloads.encoding.pods).to.equal(42);
    expect(problemsIn({ profile: 'safeguarded', pods: 4 })[0]).to.match(
      /realPods: expected at most pods, 4 \(--pods 4\), seen 5$/,
    );
  });

  describe('--set', () => {
    const set = (...assignments: string[]) => load({ profile: 'as-in-the-incident', set: assignments }).profile;

    it('parses the value as YAML', () => {
      const { values } = set(
        'gatekeeper.values.admissionController.replicas=3',
        'gatekeeper.values.text="3"',
        'gatekeeper.values.none=null',
        'gatekeeper.values.empty=',
        'gatekeeper.values.list=[a, b]',
        'gatekeeper.values.url=http://a?b=c',
      ).gatekeeper;
      expect(values).to.deep.include({
        admissionController: { ...admissionController('as-in-the-incident'), replicas: 3 },
        text: '3',
        none: null,
        empty: null,
        list: ['a', 'b'],
        url: 'http://a?b=c',
      });
    });

    it('reaches list elements, and keys with dots', () => {
      const profile = set('priorityClasses[0].value=7', 'workloads.encoding.labels.example\\.com/owner=me');
      expect(profile.priorityClasses[0]?.value).to.equal(7);
      expect(profile.workloads.encoding.labels).to.deep.equal({ team: 'video', 'example.com/owner': 'me' });
    });

    it('the later one wins', () => {
      expect(set('timings.holdSeconds=5', 'timings.holdSeconds=6').timings.holdSeconds).to.equal(6);
    });

    const wrong: [string, string][] = [
      ['cluster.nodez.fake.count=3', 'unknown field “nodez” in cluster, expected one of kubernetes, nodes,'],
      ['cluster.nodez.fake.count=3', '(did you mean “nodes”?)'],
      ['pods=5', '“workloads.encoding.pods”'],
      [
        'workloads.encoding.pods=many',
        'workloads.encoding.pods: expected a whole number from 1 to 100000, seen "many"',
      ],
      ['timings.holdSeconds.x=5', 'there is no field “x” in timings.holdSeconds'],
      ['workloads.encoding.labels.example.com/owner=me', 'a dot inside a key is \\., in quotes for the shell'],
      ['identities[9].name=x', 'identities has no element “9”, expected a number below 4'],
      ['identities.-1.name=x', 'identities has no element “-1”'],
      ['just-a-word', 'expected field=value'],
      ['extends=starvation', '“extends” cannot be set, expected --profile instead'],
      ['gatekeeper.policyFiles=[a]', 'expected --policies instead'],
    ];
    for (const [assignment, text] of wrong) {
      it(`${assignment}: ${text}`, () => {
        const problems = problemsIn({ profile: 'as-in-the-incident', set: [assignment] });
        expect(problems).to.have.length(1);
        expect(problems[0]).to.include(`--set ${assignment}: `).and.include(text);
      });
    }
  });

  it('reports the problems of the profile, its files and the flags together', () => {
    withFiles({ 'a.yaml': `${HEADER}name: A\n`, 'v.yaml': 'a: 1\na: 2\n' }, (cwd) => {
      const problems = problemsIn({ profile: './a.yaml', kyvernoValues: ['v.yaml'], set: ['x.y=1'], pods: 0, cwd });
      expect(problems.map((problem) => problem.split(': ')[0])).to.deep.equal([
        '--pods 0',
        '--set x.y=1',
        'a.yaml:3:7',
        'v.yaml:2:1',
      ]);
    });
  });
});

describe('files of another shape', () => {
  const wrong: [string, string, 'kyvernoValues' | 'policies' | 'priorityClasses', string][] = [
    ['values that are a list', '- a', 'kyvernoValues', 'f.yaml:1:1: expected helm values, a map, seen a list'],
    [
      'values in two documents',
      'a: 1\n---\nb: 2',
      'kyvernoValues',
      'f.yaml:3:1: expected one document in a values file, seen another one',
    ],
    ['a policy that is text', 'policy', 'policies', 'f.yaml:1:1: expected a Kubernetes object, seen "policy"'],
    [
      'an object without a kind',
      'a: 1',
      'policies',
      'f.yaml:1:1: expected a Kyverno policy (group kyverno.io or policies.kyverno.io), seen no apiVersion and kind',
    ],
    [
      'an empty file of classes',
      '',
      'priorityClasses',
      '--priority-classes: expected PriorityClasses in f.yaml, seen none',
    ],
  ];
  for (const [what, text, flag, problem] of wrong) {
    it(`${what}: ${problem}`, () => {
      withFiles({ 'f.yaml': text }, (cwd) => {
        const value = flag === 'kyvernoValues' ? { kyvernoValues: ['f.yaml'] } : { [flag]: 'f.yaml' };
        expect(problemsIn({ profile: 'safeguarded', cwd, ...value })).to.deep.equal([problem]);
      });
    });
  }

  it('empty values change nothing', () => {
    withFiles({ 'f.yaml': '# nothing\n' }, (cwd) => {
      const plain = load({ profile: 'safeguarded' }).profile;
      expect(load({ profile: 'safeguarded', kyvernoValues: ['f.yaml'], cwd }).profile).to.deep.equal(plain);
    });
  });
});
