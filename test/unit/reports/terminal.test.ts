import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { columns } from '../../../reports/columns.ts';
import type { Result } from '../../../reports/result.ts';
import { verdictScreen } from '../../../reports/terminal.ts';
import { ALL, check, HOLDS, INCONCLUSIVE, MEASURED, NASTY, NOTHING_MEASURED, result, VIOLATED } from './results.ts';

const screen = (one: Result, width = 100) => verdictScreen(one, { color: false, width });
const lines = (text: string) => text.trimEnd().split('\n');

const LOUD = result(
  { runId: NASTY.repeat(20), argv: [NASTY] },
  {
    name: 'n'.repeat(400),
    reason: NASTY.repeat(20),
    verdict: 'violated',
    checks: Array.from({ length: 60 }, (_, i) =>
      check({ name: `c${i}`, verdict: 'violated', because: NASTY.repeat(5) }),
    ),
    measures: { ...MEASURED, unwinding: Array.from({ length: 80 }, () => ({ step: NASTY, seconds: 1 })) },
    story: { attempts: Array.from({ length: 50 }, (_, i) => ({ actor: `a${i}`, intent: 'x', code: 0, times: 1 })) },
  },
);
const MANY = result({ verdict: 'violated', experiments: Array.from({ length: 40 }, () => LOUD.experiments[0]!) });

describe('verdictScreen', () => {
  for (const [name, one] of Object.entries({ ...ALL, loud: LOUD, many: MANY })) {
    for (const width of [20, 47, 80, 100, 300]) {
      it(`fits 24 lines of ${Math.min(width, 100)} columns: ${name} at ${width}`, () => {
        const text = screen(one, width);
        expect(lines(text).length).to.be.at.most(24);
        for (const line of lines(text)) expect(columns(line), line).to.be.at.most(Math.min(width, 100));
      });
    }

    it(`has no colour and no control character when colour is off: ${name}`, () => {
      expect(screen(one)).not.to.match(/[^\n\P{Cc}]|\p{Cf}/u);
    });

    it(`says the same in colour: ${name}`, () => {
      const coloured = verdictScreen(one, { color: true, width: 100 });
      expect(coloured).to.contain('\u001b[');
      expect(stripVTControlCharacters(coloured)).to.equal(screen(one));
    });
  }

  it('says in one line that it fell as expected, and by what', () => {
    expect(lines(screen(HOLDS))[0]).to.equal('FELL, as expected: one preempted pod closed the cluster for 71 s');
  });

  it('claims a preempted pod only when one was seen', () => {
    const { story: _, ...unseen } = HOLDS.experiments[0]!;
    expect(lines(screen({ ...HOLDS, experiments: [unseen] }))[0]).to.equal('FELL, as expected: no gatekeeper for 71 s');
  });

  it('tells the story with its numbers', () => {
    const text = screen(HOLDS).replaceAll(/\s+/g, ' ');
    for (const part of [
      'by security/scanner-0 (priority 1,000,000,000)',
      '2,341 requests refused',
      'stayed down for 30 s',
    ]) {
      expect(text).to.contain(part);
    }
    for (const part of [
      'delete rules refused (403)',
      'delete rules done (200)',
      '14 violating pods got in, 13 still there',
    ]) {
      expect(text).to.contain(part);
    }
    for (const part of ['gatekeeper ready +3.2 s', 'it stood, 0 requests refused', 'queue drained: 3,000 of 3,000']) {
      expect(text).to.contain(part);
    }
  });

  it('does not call a queue drained or a safeguard good that is not', () => {
    const safeguarded = { refusedRequests: 3, minReadyReplicas: 2, requiredReplicas: 2 };
    const text = screen(result({}, { measures: { ...MEASURED, podsSucceeded: 2999, unwinding: [], safeguarded } }));
    expect(text).to.contain('2,999 of 3,000').and.contain('it did not stand');
    expect(text).not.to.match(/drained|it stood/);
  });

  it('leaves out what was not measured', () => {
    const text = screen(result({}, { measures: NOTHING_MEASURED }));
    expect(text).not.to.match(/null|NaN|undefined|0 requests|enforced|drained|healed/);
    expect(lines(text)[0]).to.equal(
      'FELL, as expected: The gatekeeper was preempted and its own replacement was refused.',
    );
  });

  it('shows what is violated before what is inconclusive, each with its reason', () => {
    const text = screen(VIOLATED);
    expect(lines(text)[0]).to.match(/^VIOLATED: .*2 violated, 1 inconclusive of 4 checks$/);
    expect(text.indexOf('no segment is lost: Two indexes')).to.be.greaterThan(0);
    expect(text.indexOf('no segment is lost: Two indexes')).to.be.lessThan(text.indexOf('p99 | list: The watch'));
    expect(text).not.to.contain('the loop is closed');
  });

  it('counts the checks that do not fit', () => {
    expect(screen(LOUD)).to.match(/… and \d+ more checks, in the report/);
  });

  it('says of an inconclusive run how it ended, and how to run it again', () => {
    const text = screen(INCONCLUSIVE);
    expect(lines(text)[0]).to.equal('INCONCLUSIVE: the run was interrupted: SIGINT');
    expect(text).to.contain('next    falldown run we-all-fall-down --pods 3000 --seed 42');
  });

  it('never shows half a command to paste', () => {
    expect(screen(LOUD)).to.contain('next    the command under "How to reproduce"');
  });
});
