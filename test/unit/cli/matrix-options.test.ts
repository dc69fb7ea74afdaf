import { expect } from 'chai';
import type { Profile } from '../../../clusters/providers/provider.ts';
import { planFor, sizeOf } from '../../../harness/cli/matrix-options.ts';
import type { FalldownError } from '../../../harness/errors.ts';
import type { Cell } from '../../../harness/run/matrix.ts';
import type { Experiment } from '../../../harness/run/script.ts';
import { falldown } from './falldown.ts';

const cell = (name: string, start?: string): Cell => ({
  name,
  title: name,
  steps: [],
  checks: [],
  read: undefined,
  ...(start === undefined ? {} : { start: { name: start, title: start, prepare: async () => undefined } }),
});

const experiment = (...cells: Cell[]): Experiment => ({
  name: 'matrix',
  title: 'M',
  facts: [],
  needs: ['embedded'],
  profile: 'p',
  typicalSeconds: 1,
  steps: [],
  checks: [],
  ...(cells.length === 0 ? {} : { cells: () => cells }),
});

const profile = { repeats: 1, factorial: [] as string[] } as Profile;
const names = (cells: readonly Cell[] | undefined) => cells?.map(({ name }) => name);
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as FalldownError).code;
  }
};

describe('planFor', () => {
  const abc = experiment(cell('alpha'), cell('beta'), cell('alpha-poke'));

  it('takes all cells, or those that a glob names, less those to skip', () => {
    expect(planFor(abc, profile, {})?.selected).to.deep.equal(['alpha', 'beta', 'alpha-poke']);
    expect(planFor(abc, profile, { only: ['alpha*'] })).to.deep.include({
      selected: ['alpha', 'alpha-poke'],
      leftOut: ['beta'],
    });
    expect(planFor(abc, profile, { only: ['alpha*'], skip: ['*-poke'] })?.selected).to.deep.equal(['alpha']);
    expect(planFor(abc, profile, { skip: ['?eta'] })?.selected).to.deep.equal(['alpha', 'alpha-poke']);
  });

  it('takes the repeats of a cell that is named', () => {
    const again = { ...cell('beta-2'), repeats: 'beta' };
    const both = experiment(cell('alpha'), cell('beta'), again);
    expect(planFor(both, profile, { only: ['beta'] })?.selected).to.deep.equal(['beta', 'beta-2']);
    expect(planFor(both, profile, { only: ['beta-2'] })?.selected).to.deep.equal(['beta-2']);
    expect(planFor(both, profile, { skip: ['beta'] })?.selected).to.deep.equal(['alpha']);
  });

  it('knows the safeguards of a factorial design by their cells', () => {
    const known = experiment(cell('collision-replicas'));
    expect(planFor(known, { ...profile, factorial: ['replicas'] }, {})?.selected).to.have.length(1);
    expect(() => planFor(known, { ...profile, factorial: ['replica'] }, {})).to.throw(
      'did you mean “collision-replicas”',
    );
  });

  it('says how much there is to do', () => {
    const plan = planFor(abc, profile, {})!;
    expect(sizeOf({ ...abc, typicalSeconds: 300 }, profile, plan)).to.equal('3 cells, about 5 min on 2 cores');
  });

  it('takes a name literally but for * and ?', () => {
    expect(codeOf(() => planFor(abc, profile, { only: ['alph.'] }))).to.equal('CELL_UNKNOWN');
  });

  it('refuses a name that no cell has, with a hint, and a choice that leaves none', () => {
    expect(codeOf(() => planFor(abc, profile, { only: ['bta'] }))).to.equal('CELL_UNKNOWN');
    expect(() => planFor(abc, profile, { only: ['bta'] })).to.throw('did you mean “beta”');
    expect(codeOf(() => planFor(abc, profile, { skip: ['*'] }))).to.equal('CELL_UNKNOWN');
  });

  it('has nothing to choose in an experiment without cells', () => {
    expect(planFor(experiment(), profile, {})).to.equal(undefined);
    expect(codeOf(() => planFor(experiment(), profile, { only: ['a'] }))).to.equal('NOT_A_MATRIX');
  });

  it('runs cells that share a start one after another, and keeps the order of the matrix in the result', () => {
    const mixed = experiment(cell('a', 'x'), cell('b', 'y'), cell('c', 'x'), cell('d'));
    const plan = planFor(mixed, profile, {});
    expect(names(plan?.cells)).to.deep.equal(['a', 'c', 'b', 'd']);
    expect(plan?.selected).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('refuses a matrix that has a name twice', () => {
    expect(() => planFor(experiment(cell('a'), cell('a')), profile, {})).to.throw('two cells "a"');
  });
});

describe('the cells of a matrix on the command line', function () {
  this.timeout(30_000);

  it('are listed by --dry-run and by experiments -o json', async () => {
    const plan = await falldown(['run', 'recovery-race', '--dry-run', '--only', 'delete-rules*', 'wait']);
    expect(plan.code).to.equal(0);
    expect(plan.stdout)
      .to.match(/cells {6}4 cells, about 3 min on 2 cores, each from a checkpoint/)
      .and.include('left out   remove-security');
    const { stdout } = await falldown(['experiments', '-o', 'json']);
    const list = JSON.parse(stdout) as { name: string; cells?: { name: string }[] }[];
    expect(list.find(({ name }) => name === 'recovery-race')?.cells?.map(({ name }) => name)).to.include('wait');
    expect(list.find(({ name }) => name === 'starvation')).to.not.have.property('cells');
  });

  it('have to be there: exit code 2, and nothing is made', async () => {
    const { code, stderr } = await falldown(['run', 'recovery-race', '--only', 'delete-ruls']);
    expect(code).to.equal(2);
    expect(stderr).to.include('did you mean “delete-rules”').and.include('(CELL_UNKNOWN)');
  });
});
