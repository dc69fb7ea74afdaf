import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FIXTURES, load, problemsIn } from './helpers.ts';

const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.yaml'));
const valid = files.filter((name) => name.startsWith('valid-'));
const invalid = files.filter((name) => name.startsWith('invalid-'));

describe('profile fixtures', () => {
  it('are all of a table', () => {
    expect(valid).to.have.length.above(2);
    expect([...valid, ...invalid]).to.have.members(files);
  });

  for (const file of valid) {
    it(`${file} loads`, () => {
      expect(load({ profile: `./${file}` }).profile.kind).to.equal('Profile');
    });
  }

  // `# expect: line:col: text` for the file itself, `# expect: file:line:col: text` for another one.
  for (const file of invalid) {
    it(`${file} is refused with every problem at its place`, () => {
      const expected = readFileSync(join(FIXTURES, file), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('# expect: '))
        .map((line) => line.slice('# expect: '.length))
        .map((line) => (/^\d/.test(line) ? `${file}:${line}` : line));
      const seen = problemsIn({ profile: `./${file}` });
      expect(expected).to.not.have.length(0);
      expect(seen).to.have.length(expected.length);
      for (const [i, line] of expected.entries()) expect(seen[i]).to.include(line);
    });
  }
});
