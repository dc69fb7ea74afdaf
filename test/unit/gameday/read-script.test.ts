import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readScript } from '../../../harness/cli/gameday/read-script.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { admissionDeadlock } from '../../../harness/gameday/scenarios/admission-deadlock.ts';
import { starvation } from '../../../harness/gameday/scenarios/starvation.ts';

const EXAMPLES = new URL('../../../docs/game-day/', import.meta.url).pathname;
const HEAD = 'apiVersion: falldown.dev/v1\nkind: GameDayScript\nname: x\nsteps:\n';

describe('a game day’s script', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-script-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  const read = (text: string) => {
    const file = join(dir, 's.yaml');
    writeFileSync(file, text);
    return readScript(file, admissionDeadlock);
  };
  const problems = (text: string): string[] => {
    try {
      read(text);
    } catch (error) {
      if (error instanceof FalldownError) {
        expect(error.code).to.equal('GAMEDAY_SCRIPT_INVALID');
        return error.failure.seen!.split('\n').map((line) => line.replace(`${dir}/`, ''));
      }
      throw error;
    }
    return [];
  };

  it('is what the examples are', () => {
    const good = readScript(join(EXAMPLES, 'good-crew.yaml'), admissionDeadlock);
    expect(good.steps[0]).to.deep.include({ when: 'impact', after: 3, as: 'infra-oncall', action: { do: 'ack' } });
    const scale = good.steps.find((s) => s.as === 'security-team')?.action;
    expect(scale).to.deep.equal({
      do: 'kubectl',
      args: ['scale', 'deployment', 'security-agent', '-n', 'security', '--replicas=0'],
    });
    expect(readScript(join(EXAMPLES, 'starvation-crew.yaml'), starvation).steps.length).to.be.above(5);
    expect(readScript(join(EXAMPLES, 'bad-crew.yaml'), admissionDeadlock).steps.at(-1)?.action).to.deep.equal({
      do: 'finish',
    });
  });

  it('takes a line or a list for kubectl, with or without its name', () => {
    const { steps } = read(`${HEAD}  - kubectl: kubectl get pods\n  - kubectl: [annotate, pod, a, "b=c d"]\n`);
    expect(steps.map((s) => (s.action?.do === 'kubectl' ? s.action.args : []))).to.deep.equal([
      ['get', 'pods'],
      ['annotate', 'pod', 'a', 'b=c d'],
    ]);
  });

  it('is strict, and says every problem with its place', () => {
    expect(
      problems(`${HEAD}  - when: doom\n  - do: ack\n    diagnos: x\n  - after: -1\n  - do: sleep\n`),
    ).to.deep.equal([
      's.yaml:5:5 steps.0.when: expected one of started, fault, impact, mitigated, recovered',
      's.yaml:7:5 steps.1.diagnos: unknown key',
      's.yaml:8:5 steps.2.after: expected 0 or more seconds',
      's.yaml:9:5 steps.3.do: expected one of ack, hint, pause, resume, finish, abort',
    ]);
  });

  it('knows the scenario’s roles and causes, and allows one action a step', () => {
    const found = problems(
      `${HEAD}  - do: ack\n    diagnose: etcd-full\n  - as: infra-oncal\n    do: ack\n  - diagnose: etcd-ful\n  - kubectl: get pods -l 'a=b'\n  - as: infra-oncall\n`,
    );
    expect(found).to.have.length(5);
    expect(found[0]).to.include('s.yaml:6:5').and.include('one action a step');
    expect(found[1]).to.include('s.yaml:7:5').and.include('did you mean “infra-oncall”');
    expect(found[2]).to.include('s.yaml:9:5').and.include('did you mean “etcd-full”');
    expect(found[3]).to.include('list of arguments');
    expect(found[4]).to.include('s.yaml:11').and.include('something to do');
  });

  it('says so when the file is no YAML, or not there', () => {
    expect(problems('steps: [')[0]).to.match(/^s\.yaml:\d+:\d+ /);
    expect(() => readScript('/nowhere.yaml', admissionDeadlock)).to.throw(/cannot read the script: \/nowhere\.yaml/);
  });
});
