import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { junitXml } from '../../../reports/junit.ts';
import type { ExperimentResult } from '../../../reports/result.ts';
import { ALL, check, HOLDS, INCONCLUSIVE, NASTY, result, VIOLATED } from './results.ts';
import { all, parseXml } from './xml.ts';

const problems = (xml: string) =>
  all(parseXml(xml), 'testcase').map((c) => `${c.attributes.name}: ${c.children[0]?.name ?? 'pass'}`);
const ended = (how: NonNullable<ExperimentResult['ended']>['how']) => ({ how });

describe('junitXml', () => {
  for (const [name, one] of Object.entries(ALL)) {
    it(`is well-formed and counts right: ${name}`, () => {
      for (const suite of all(parseXml(junitXml(one)), 'testsuite')) {
        const count = (what: string) => String(all(suite, what).length);
        expect(suite.attributes).to.include({
          tests: count('testcase'),
          failures: count('failure'),
          errors: count('error'),
          skipped: count('skipped'),
        });
      }
    });

    it(`is taken by a parser of this machine: ${name}`, function () {
      const expat = 'import sys,xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())';
      const parsers: [string, string[]][] = [
        ['xmllint', ['--noout', '-']],
        ['python3', ['-c', expat]],
      ];
      const found = parsers.find(([command]) => spawnSync(command, ['--version']).status === 0);
      if (found === undefined) return this.skip();
      const parsed = spawnSync(found[0], found[1], { input: junitXml(one) });
      expect(parsed.status, String(parsed.stderr)).to.equal(0);
    });
  }

  it('is a failure when violated, skipped when inconclusive, an error when the run broke', () => {
    const inconclusive = check({ verdict: 'inconclusive' });
    const checks = [check(), check({ verdict: 'violated' }), inconclusive].map((c, i) => ({ ...c, name: `c${i}` }));
    const expected = {
      completed: 'skipped',
      stopped: 'skipped',
      error: 'error',
      deadline: 'error',
      interrupted: 'error',
    };
    for (const [how, last] of Object.entries(expected)) {
      const xml = junitXml(result({}, { verdict: 'violated', checks, ended: ended(how as keyof typeof expected) }));
      expect(problems(xml), how).to.deep.equal(['c0: pass', 'c1: failure', `c2: ${last}`]);
    }
  });

  it('never looks like a pass when the experiment is not one', () => {
    const broken = result({}, { verdict: 'inconclusive', ended: ended('error') });
    expect(problems(junitXml(broken))).to.deep.equal(['the loop is closed: pass', 'run: error']);
    const unchecked = result({}, { verdict: 'inconclusive', checks: [] });
    expect(problems(junitXml(unchecked))).to.deep.equal(['run: skipped']);
    expect(problems(junitXml(result({ experiments: [] })))).to.deep.equal(['run: error']);
  });

  it('carries cluster messages whole, but for characters that XML cannot hold', () => {
    const [first] = all(parseXml(junitXml(VIOLATED)), 'failure');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must be gone
    expect(first?.attributes.message).to.equal(NASTY.replaceAll(/[\u0000\u001b\uFFFF]|\p{Cs}/gu, ''));
  });

  it('has a suite per experiment with its time and the versions', () => {
    const two = result({ experiments: [HOLDS.experiments[0]!, INCONCLUSIVE.experiments[0]!] });
    const suites = all(parseXml(junitXml(two)), 'testsuite');
    expect(suites.map((s) => s.attributes.time)).to.deep.equal(['114.000', '12.250']);
    const properties = all(suites[0]!, 'property').map((p) => `${p.attributes.name}=${p.attributes.value}`);
    expect(properties).to.include.members([
      `run.id=${two.runId}`,
      'falldown.version=0.1.0',
      'kubernetes.version=v1.36.3',
    ]);
  });
});

describe('the XML reader of these tests', () => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  for (const bad of [
    '<a>',
    '<a></b>',
    '<a b="1" b="2"/>',
    '<a b="<"/>',
    '<a>&nope;</a>',
    '<a>&#27;</a>',
    '<a>\u0007</a>',
    '<a/>x',
    '<a>]]></a>',
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => parseXml(head + bad)).to.throw();
    });
  }
});
