import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { files, textOf } from '../architecture/sources.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/troubleshooting.md'), 'utf8');
/** What stands in the first column of its tables. */
const documented = [...text.matchAll(/^\| (`[A-Z].*?)\|/gm)].flatMap(([, cell = '']) => cell.match(/[A-Z_]+/g) ?? []);

const CODE = /'([A-Z]+(?:_[A-Z]+)+)'/g;
const quoted = (part: string) => [...part.matchAll(CODE)].map(([, code]) => code as string);

/** The codes that a source file can throw, and how many of its errors have a code that is not to be found. */
function codesOf(source: string): { codes: string[]; unclear: number } {
  // Where an error is made, or a command is run that may fail with it.
  const named = [...source.matchAll(/\bcode(?:: | = ).*$/gm)].flatMap(([line]) => quoted(line));
  // A code that is handed to a function stands where the function is called.
  const handed = [...source.matchAll(/\b\w+\('[A-Z]+(?:_[A-Z]+)+',/g)].flatMap(([call]) => quoted(call));
  let unclear = source.match(/new (?:FalldownError|NotSeen)\(/g)?.length ?? 0;
  let asksForHanded = false;
  for (const [, body = ''] of source.matchAll(/new (?:FalldownError|NotSeen)\(\{([\s\S]*?)\n?\s*\}\)/g)) {
    const line = /^\s*code(?:: .*)?,$/m.exec(body)?.[0]?.trim() ?? '';
    const byDefault = /\bcode = '/.test(source);
    if (line === 'code,' && !byDefault) asksForHanded = true;
    const passedOn = /\.\.\.\w+\.failure\b/.test(body);
    if (passedOn || quoted(line).length > 0 || (line === 'code,' && (byDefault || handed.length > 0))) unclear--;
  }
  return { codes: [...named, ...(asksForHanded ? handed : [])], unclear };
}

describe('docs/troubleshooting.md', () => {
  const sources = files('.ts').filter((path) => /^(harness|clusters|reports)\//.test(path));
  const thrown = new Map<string, string>();
  for (const path of sources) for (const code of codesOf(textOf(path)).codes) thrown.set(code, path);

  it('is compared with the code of every error in the sources', () => {
    expect(thrown.size).to.be.above(35);
    expect(sources.filter((path) => codesOf(textOf(path)).unclear > 0)).to.deep.equal([]);
  });

  it('explains every one of them', () => {
    expect([...thrown].filter(([code]) => !documented.includes(code))).to.deep.equal([]);
  });

  it('explains none that no source throws, and none twice', () => {
    expect(documented.filter((code) => !thrown.has(code))).to.deep.equal([]);
    expect(documented).to.have.length(new Set(documented).size);
  });

  it('would notice a code that it lacks', () => {
    const source = (code: string) => `throw new FalldownError({\n  ${code},\n  kind: 'usage',\n});\n`;
    expect(codesOf(source("code: 'NEW_ONE'"))).to.deep.equal({ codes: ['NEW_ONE'], unclear: 0 });
    expect(codesOf(source("code: late ? 'TOO_LATE' : 'TOO_SOON'")).codes).to.deep.equal(['TOO_LATE', 'TOO_SOON']);
    expect(codesOf(`${source('code')}throw unknown('NO_SUCH', x);`).codes).to.deep.equal(['NO_SUCH']);
    expect(codesOf(source('code')).unclear).to.equal(1);
    expect(codesOf('throw new FalldownError(failure);').unclear).to.equal(1);
    expect(codesOf("run('apt-get', {\n  code: 'APT_BROKE',\n});").codes).to.deep.equal(['APT_BROKE']);
    expect(codesOf('throw new FalldownError({ ...error.failure, evidence });').unclear).to.equal(0);
    expect(documented).to.include('RUN_STILL_GOING').and.not.include('NEW_ONE');
  });
});
