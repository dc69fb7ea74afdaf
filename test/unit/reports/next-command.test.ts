import { expect } from 'chai';
import { nextCommand, reproduce } from '../../../reports/next-command.ts';
import { HOLDS, INCONCLUSIVE, VIOLATED } from './results.ts';

const next = (base: typeof HOLDS, ...argv: string[]) => nextCommand({ ...base, argv: ['falldown', ...argv] }).command;
const afterTheFall = (...argv: string[]) => next(HOLDS, ...argv);

describe('nextCommand', () => {
  it('repeats what another command made by that command, which knows no seed', () => {
    const argv = ['falldown', 'validate', '--from', 'kyverno=1', '--to', 'kyverno=2'];
    expect(reproduce({ ...HOLDS, argv })).to.equal('falldown validate --from kyverno=1 --to kyverno=2');
    expect(nextCommand({ ...VIOLATED, argv }).command).to.equal('falldown validate --from kyverno=1 --to kyverno=2');
  });

  describe('after a fall that was expected', () => {
    for (const [given, then] of [
      [['run'], 'run --profile safeguarded'],
      [
        ['run', './docs/examples/mine.ts', '--pods', '300'],
        'run ./docs/examples/mine.ts --pods 300 --profile safeguarded',
      ],
      [
        ['run', '--on', 'current', '--allow-cluster', 'my lab', '--set', 'a=b', 'c=d'],
        "run --on current --allow-cluster 'my lab' --set a=b c=d --profile safeguarded",
      ],
      [['run', '--seed', '7', '--', 'starvation'], 'run --seed 7 --profile safeguarded -- starvation'],
    ] as const) {
      it(`is the same run with the safeguards: ${given.join(' ')}`, () => {
        expect(afterTheFall(...given)).to.equal(`falldown ${then}`);
      });
    }

    it('is in words the one in the summary, with the flag', () => {
      expect(nextCommand({ ...HOLDS, argv: ['run'] }).inWords).to.equal(
        'the command under "How to reproduce" in summary.md, with --profile safeguarded',
      );
    });

    for (const [given, then] of [
      [['run', '--profile', 'starvation', '--pods', '300'], 'report latest'],
      [['run', '--profile=./mine.yaml'], 'report latest'],
      [['run', '--profile', 'x', '--out', '/mnt/ci runs'], "report latest --out '/mnt/ci runs'"],
      [['run', '--profile', 'x', '--out=ci'], 'report latest --out ci'],
      [['run', './mine.spec.ts', '--profile', 'x'], 'report latest --experiment ./mine.spec.ts'],
      [['run', '--profile', 'x', '--set', 'gatekeeper.values.file=a.ts'], 'report latest'],
      [['validate', '--from', '1', '--to', '2'], 'report latest'],
      [[], 'report latest'],
    ] as const) {
      it(`is the report where the profile was the user’s own choice: ${given.join(' ') || 'nothing'}`, () => {
        expect(afterTheFall(...given)).to.equal(`falldown ${then}`);
      });
    }
  });

  it('is the report after an experiment whose profile has no safeguarded counterpart', () => {
    const pressure = { ...HOLDS, experiments: HOLDS.experiments.map((e) => ({ ...e, profile: 'budget' })) };
    expect(next(pressure, 'run', '--on', 'kind', 'node-pressure', 'node-drain')).to.equal('falldown report latest');
  });

  it('is a plain run when nothing fell and all is as expected', () => {
    const stood = HOLDS.experiments.map((e) => ({ ...e, outcome: 'stood' as const }));
    expect(next({ ...HOLDS, experiments: stood }, 'run', 'mine.ts')).to.equal('falldown run');
  });

  it('is the same run with its cluster kept when an expectation was violated', () => {
    expect(next(VIOLATED, 'run', 'a b.ts')).to.equal("falldown run 'a b.ts' --seed 42 --keep");
    expect(next(VIOLATED, 'run', '--keep', '--seed=7')).to.equal('falldown run --keep --seed=7');
    expect(next(VIOLATED, 'run', '--', 'x')).to.equal('falldown run --seed 42 --keep -- x');
  });

  it('is the same run when nobody can say', () => {
    expect(next(INCONCLUSIVE, 'run', '--pods', '30')).to.equal('falldown run --pods 30 --seed 42');
  });
});

describe('reproduce', () => {
  it('leaves out the interpreter and the script', () => {
    const from = (...argv: string[]) => reproduce({ ...HOLDS, argv });
    for (const argv of [['run'], ['falldown', 'run'], ['/usr/bin/falldown.js', 'run'], ['/usr/bin/node', 'x', 'run']]) {
      expect(from(...argv), argv.join(' ')).to.equal('falldown run --seed 42');
    }
  });
});
