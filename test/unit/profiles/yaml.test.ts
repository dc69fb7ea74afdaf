import { expect } from 'chai';
import { parseYaml } from '../../../clusters/profiles/parse.ts';
import type { Problem } from '../../../clusters/profiles/problems.ts';
import { getIn, merge, placeOf, plain, setIn, showPlace, type Tree } from '../../../clusters/profiles/tree.ts';

function parse(text: string): { trees: Tree[]; problems: Problem[] } {
  const problems: Problem[] = [];
  return { trees: parseYaml(text, 'f.yaml', problems), problems };
}

function one(text: string): Tree {
  const [tree] = parse(text).trees;
  if (tree === undefined) throw new Error('no document');
  return tree;
}

describe('YAML as helm and kubectl read it', () => {
  const scalars: [string, unknown][] = [
    ['yes', true],
    ['off', false],
    ['"yes"', 'yes'],
    ['2026-01-01', '2026-01-01'],
    ['12:30:45', '12:30:45'],
    ['1_000', 1000],
    ['1.36.3', '1.36.3'],
    ['~', null],
  ];
  for (const [text, value] of scalars) {
    it(`${text} is ${JSON.stringify(value)}`, () => expect(plain(one(`a: ${text}`))).to.deep.equal({ a: value }));
  }

  it('resolves aliases and merge keys; what a map says itself wins', () => {
    expect(plain(one('base: &b { k: 1, l: 2 }\nlist: [*b]\nmine: { <<: *b, l: 3 }'))).to.deep.equal({
      base: { k: 1, l: 2 },
      list: [{ k: 1, l: 2 }],
      mine: { k: 1, l: 3 },
    });
  });

  it('takes keys as scalars too: helm turns an unquoted key `on` into "true"', () => {
    expect(plain(one('on: 1\n"on": 2\n5: 3'))).to.deep.equal({ true: 1, on: 2, 5: 3 });
  });

  it('reports an alias without an anchor, and one inside itself', () => {
    const { problems } = parse('a: &x { b: *x }\nc: *nope\n');
    expect(problems.map(({ at, text }) => `${showPlace(at)} ${text}`)).to.deep.equal([
      'f.yaml:1:12 expected aliases that can be resolved, seen more than 1000, or one inside itself',
      'f.yaml:2:4 expected aliases that can be resolved, seen *nope without an anchor',
    ]);
  });

  it('skips documents that hold nothing', () =>
    expect(parse('# a\n---\n---\na: 1\n---\n').trees.map(plain)).to.deep.equal([{ a: 1 }]));
});

describe('trees', () => {
  it('keep the place of each value through a merge', () => {
    const merged = merge(one('a: { b: 1, c: [1, 2] }'), one('\n\na: { c: [3] }\nd: null'));
    expect(plain(merged)).to.deep.equal({ a: { b: 1, c: [3] }, d: null });
    expect(showPlace(placeOf(merged, ['a', 'b']))).to.equal('f.yaml:1:9');
    expect(showPlace(placeOf(merged, ['a', 'c', 0]))).to.equal('f.yaml:3:10');
    expect(showPlace(placeOf(merged, ['d']))).to.equal('f.yaml:4:4');
  });

  it('give the nearest place for what is not there', () => {
    expect(showPlace(placeOf(one('a:\n  b: 1'), ['a', 'x', 'y']))).to.equal('f.yaml:1:1');
  });

  it('are copied, not changed', () => {
    const tree = one('a: { b: 1 }');
    const changed = setIn(tree, ['a', 'n', 'm'], one('x'));
    expect(plain(changed)).to.deep.equal({ a: { b: 1, n: { m: 'x' } } });
    expect(plain(tree)).to.deep.equal({ a: { b: 1 } });
    expect(getIn(tree, ['a', 'n'])).to.equal(undefined);
  });
});
