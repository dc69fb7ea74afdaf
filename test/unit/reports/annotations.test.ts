import { expect } from 'chai';
import { annotations } from '../../../reports/annotations.ts';
import type { CellResult } from '../../../reports/result.ts';
import { check, NASTY, result } from './results.ts';

const of = (...checks: ReturnType<typeof check>[]) => annotations(result({}, { checks, verdict: 'violated' }));

describe('annotations for GitHub', () => {
  it('are an error for each violated check and a warning for each inconclusive one, and none for the rest', () => {
    const text = of(
      check(),
      check({ name: 'F9 a: b, c', verdict: 'violated', because: '100 % wrong', measured: 3, limit: 0, unit: 'pods' }),
      check({ name: 'F1 load', verdict: 'inconclusive', because: 'blind' }),
    );
    expect(text.split('\n')).to.deep.equal([
      '::error title=we-all-fall-down%3A F9 a%3A b%2C c::100 %25 wrong (measured 3 pods, limit 0 pods)',
      '::warning title=we-all-fall-down%3A F1 load::blind (measured 71.25 s, limit 30 s)',
      '',
    ]);
  });

  it('are ten of a kind at most, and say how many more there are', () => {
    const lines = of(...Array.from({ length: 14 }, (_, i) => check({ name: `c${i}`, verdict: 'violated' }))).split(
      '\n',
    );
    expect(lines).to.have.length(11);
    expect(lines[9]).to.match(/^::error title=5 more::5 more checks/);
  });

  it('are one line each, whatever a cluster says', () => {
    const text = of(
      check({ name: `${NASTY}\n::set-env name=PATH::x`, verdict: 'violated', because: `${NASTY}\n::stop-commands::x` }),
    );
    const lines = text.trimEnd().split(/[\r\n\u0085\u2028\u2029]/);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^::error title=/);
  });

  it('tell of the cells of a matrix too', () => {
    const cells = [
      { name: 'one', verdict: 'violated', checks: [check({ name: 'it was in sight', verdict: 'violated' })] },
      { name: 'two', verdict: 'inconclusive', checks: [], reason: 'it was never begun' },
    ] as unknown as CellResult[];
    expect(
      annotations(result({}, { checks: [], cells, verdict: 'violated' }))
        .trimEnd()
        .split('\n'),
    ).to.deep.equal([
      '::error title=we-all-fall-down%2C cell one%3A it was in sight::Every pod was refused from the eviction to the deletion of the rules. (measured 71.25 s, limit 30 s)',
      '::warning title=we-all-fall-down%2C cell two%3A inconclusive::it was never begun',
    ]);
  });

  it('warn of a run that broke before it checked anything', () => {
    const broke = annotations(result({}, { checks: [], verdict: 'inconclusive', reason: 'no cluster came up' }));
    expect(broke).to.equal('::warning title=we-all-fall-down%3A inconclusive::no cluster came up\n');
  });
});
