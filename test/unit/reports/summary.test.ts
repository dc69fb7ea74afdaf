import { expect } from 'chai';
import { plain } from '../../../reports/markdown.ts';
import type { Result } from '../../../reports/result.ts';
import { summaryMarkdown, verdictSentence } from '../../../reports/summary.ts';
import { check, HOLDS, MEASURED, NASTY, NOTHING_MEASURED, result, VIOLATED } from './results.ts';

const MIB = 2 ** 20;

describe('summaryMarkdown', () => {
  it('starts with the verdict in a sentence', () => {
    expect(summaryMarkdown(HOLDS).split('\n').slice(0, 3).join('\n')).to.equal(
      '# falldown: holds\n\n**As expected: the cluster fell and did not get up by itself; all 2 checks hold.**',
    );
  });

  it('does not speak of the cluster where the experiment looked at something else', () => {
    const of = (result: Result) => {
      const experiments = result.experiments.map((e) => ({
        ...e,
        outcome: 'unknown' as const,
        reason: 'two limits broke',
      }));
      return verdictSentence({ ...result, experiments });
    };
    expect(of(HOLDS)).to.equal('As expected: all 2 checks hold.');
    expect(of(VIOLATED)).to.match(/^Expectations violated: two limits broke; \d+ violated/);
  });

  it('stays under 1 MiB with thousands of loud checks, and says what it left out', () => {
    const loud = '|<日本語🚨'.repeat(2000);
    const checks = Array.from({ length: 5000 }, (_, i) =>
      check({ name: `${i} ${loud}`, because: loud, measured: loud }),
    );
    const failed = check({ name: 'the one that failed', verdict: 'violated' });
    const unwinding = Array.from({ length: 5000 }, () => ({ step: loud, seconds: 1 }));
    const one = result({}, { verdict: 'violated', checks: [...checks, failed], measures: { ...MEASURED, unwinding } });
    const text = summaryMarkdown({
      ...one,
      experiments: Array.from({ length: 50 }, () => one.experiments[0]!),
      argv: [loud],
    });
    expect(Buffer.byteLength(text))
      .to.be.lessThan(MIB)
      .and.greaterThan(MIB / 2);
    expect(text).to.contain('**Cut short:**').and.contain('the one that failed').and.contain('## How to reproduce');
    expect(text).to.contain('… and 4801 more rows in result.json.');
  });

  it('shows ten journal lines of evidence and counts the rest', () => {
    const many = result({}, { checks: [check({ evidence: Array.from({ length: 25 }, (_, i) => i + 1) })] });
    expect(summaryMarkdown(many)).to.contain('| 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 15 more |');
  });

  it('lets no cluster message break a table, open a tag or end a line', () => {
    const lines = summaryMarkdown(VIOLATED).split('\n');
    for (const line of lines) {
      if (line.startsWith('| ')) expect(line, line).to.match(/^\|([^|]+\|)+$/);
      expect(line).not.to.match(/<|\p{Cc}/u);
    }
    const start = lines.findIndex((line) => line.startsWith('| Check |'));
    const cells = lines.slice(start, start + 6).map((line) => line.split('|').length);
    expect(cells).to.deep.equal([8, 8, 8, 8, 8, 8]);
    expect(lines.filter((line) => line.startsWith('#')).join()).not.to.contain('# heading');
  });

  it('says nothing about what was not measured', () => {
    const text = summaryMarkdown(result({}, { measures: NOTHING_MEASURED }));
    expect(text).not.to.match(/### (Exposure|Measures|What happened|API|The way out)/);
    expect(text).not.to.match(/\bnull\b|\bNaN\b|undefined/);
  });

  it('words the lessons from what was measured', () => {
    const text = summaryMarkdown(HOLDS);
    expect(text).to.contain(
      '| Small defaults matter | **still there** | kyverno 1.19.1 runs with 1 replica and priority 0. |',
    );
    expect(text).to.contain('1,000,000,000 over 0');
    const strong = result(
      { gatekeeper: { name: 'kyverno', version: '1.19.1', replicas: 3, priority: 1_000_000_000 } },
      { measures: { ...NOTHING_MEASURED, selfHealed: true } },
    );
    expect(summaryMarkdown(strong)).not.to.contain('still there');
  });

  it('gives the command to repeat it, with the seed that was drawn', () => {
    expect(summaryMarkdown(HOLDS)).to.contain('\nfalldown run we-all-fall-down --pods 3000 --seed 42\n');
    const shell = result({ argv: ['/usr/bin/node', '/opt/falldown', 'run', '--set', "a.b='x y'", '--seed=7'] });
    expect(summaryMarkdown(shell)).to.contain(String.raw`falldown run --set 'a.b='\''x y'\''' --seed=7`);
  });

  it('links to what it is given', () => {
    const text = summaryMarkdown(HOLDS, { links: { 'Report | all': 'https://ci.example/a b(1)' } });
    expect(text).to.contain('[Report &#124; all](https://ci.example/a%20b%281%29)');
  });

  it('reads for several experiments and for none', () => {
    const two = result({ experiments: [HOLDS.experiments[0]!, VIOLATED.experiments[0]!], verdict: 'violated' });
    expect(summaryMarkdown(two)).to.contain('**2 experiments, violated: 2 violated, 1 inconclusive of 6 checks.**');
    expect(summaryMarkdown(result({ experiments: [] }))).to.contain('no experiment ran');
  });
});

describe('plain', () => {
  it('keeps a nasty message on one line of plain text', () => {
    expect(plain(NASTY)).not.to.match(/[\n\r|`<>\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  for (const [text, markdown] of [
    ['1. first', '1\\. first'],
    ['71.25 s', '71.25 s'],
    ['# title', '\\# title'],
    ['---', '\\---'],
    ['-1 s', '-1 s'],
    ['a_b*c*', 'a\\_b\\*c\\*'],
    ['&lt;', '&amp;lt;'],
  ] as const) {
    it(`writes ${text} as ${markdown}`, () => {
      expect(plain(text)).to.equal(markdown);
    });
  }

  it('cuts a long text between characters', () => {
    expect(plain('🚨'.repeat(10), 4)).to.equal('🚨🚨🚨…');
  });
});
