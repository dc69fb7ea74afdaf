import assert from 'node:assert/strict';
import { AssertionError } from 'chai';
import { collectFindings, InconclusiveError } from '../../../harness/check/collect.ts';
import { expect } from '../../../harness/check/expect.ts';
import { runCheck } from '../../../harness/check/run-check.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { incident, starved } from '../../fixtures/journals/incident.ts';

const good = incident().view();
const noHold = incident().without((e: JournalEvent) => e.type === 'mark' && e.name.startsWith('hold.'));
const check = (body: Parameters<typeof runCheck>[2], view = good) => runCheck('a check', ['F9'], body, view);

describe('the words of a check', () => {
  it('all hold on the journal of a run that went well', () => {
    const result = check((journal) => {
      expect(journal).to.startSteady();
      expect(journal).to.showPreemption({ of: 'gatekeeper' });
      expect(journal).to.proveDeadlock();
      expect(journal).to.refuseDeletes();
      expect(journal).to.stayDown({ forSeconds: 45 });
      expect(journal).to.needAdminToRecover();
      expect(journal).to.unwind({ withinSeconds: 60 });
      expect(journal).to.countExposure();
      expect(journal).to.standUnderSafeguards();
      expect(journal).to.drainTheQueue();
      expect(journal).to.accountForPods();
    });
    expect(result).to.include({ name: 'a check', verdict: 'holds' });
    expect(result.facts).to.deep.equal(['F9']);
    expect(result.because.split('; ').length).to.be.greaterThan(10);
    expect(check((journal) => void expect(journal).to.healByItself(), starved().view())).to.include({
      verdict: 'holds',
    });
  });

  it('throw an AssertionError when violated, an InconclusiveError when nobody can say', () => {
    expect(() => expect(good).to.stayDown({ forSeconds: 45 })).not.to.throw();
    expect(() => expect(starved().view()).to.stayDown()).to.throw(AssertionError, 'healed by itself');
    expect(() => expect(noHold).to.stayDown()).to.throw(InconclusiveError, 'hold.started');
  });

  it('refuse to be negated, and to be said of anything but a journal', () => {
    expect(check((journal) => void expect(journal).not.to.proveDeadlock())).to.include({ verdict: 'inconclusive' });
    expect(() => expect({}).to.proveDeadlock()).to.throw(TypeError, 'of a journal');
  });
});

describe('runCheck', () => {
  it('hands on the finding of the word that failed, once', () => {
    const result = check((journal) => {
      expect(journal).to.startSteady();
      expect(journal).to.stayDown({ forSeconds: 45 });
    }, starved().view());
    expect(result).to.include({ verdict: 'violated', limit: 45 });
    expect(result.because.match(/healed by itself/g)).to.have.length(1);
    expect(result.evidence).not.to.have.length(0);
  });

  it('is inconclusive when a word is, and goes no further', () => {
    let reached = false;
    const result = check((journal) => {
      expect(journal).to.stayDown();
      reached = true;
    }, noHold);
    expect(result).to.include({ verdict: 'inconclusive' });
    expect(reached).to.equal(false);
  });

  it('does not lose a violation that the body swallowed', () => {
    const result = check((journal) => {
      try {
        expect(journal).to.stayDown();
      } catch {}
      expect(journal).to.startSteady();
    }, starved().view());
    expect(result).to.include({ verdict: 'violated' });
  });

  it('counts plain assertions: one that fails is a violation, whoever’s assertion it is', () => {
    expect(check(() => void expect(1).to.equal(2)).because).to.equal('expected 1 to equal 2');
    expect(check(() => void expect(1).to.equal(2))).to.include({ verdict: 'violated' });
    expect(check(() => assert.equal(1, 2))).to.include({ verdict: 'violated' });
    expect(check(() => void expect(1).to.equal(1))).to.include({ verdict: 'holds' });
  });

  it('is violated when a plain assertion fails after words that held', () => {
    const result = check((journal) => {
      expect(journal).to.startSteady();
      expect(journal.size).to.equal(0);
    });
    expect(result).to.include({ verdict: 'violated' });
  });

  it('is inconclusive, never holds, when the check itself fails', () => {
    const broken = (journal: unknown) => {
      expect(journal).to.be.an('object');
      throw new RangeError('off by one');
    };
    expect(check(broken).because).to.equal('the check itself failed: off by one');
    expect(check(broken)).to.include({ verdict: 'inconclusive' });
    const nothing = () => {
      throw undefined;
    };
    expect(check(nothing)).to.include({ verdict: 'inconclusive' });
  });

  it('is inconclusive when it asserts nothing, or does not do so at once', () => {
    expect(check(() => {}).because).to.equal('the check asserted nothing');
    const late = async () => {
      expect(1).to.equal(1);
    };
    expect(check(late as () => void).because).to.contain('must be synchronous');
  });
});

describe('runCheck in a cluster that lost a node', () => {
  const silent = { ready: false, fake: false, unschedulable: false, reason: 'NodeStatusUnknown', message: '' };
  const healed = (journal: unknown) => void expect(journal).to.stayDown({ forSeconds: 45 });
  const outcome = (journal: ReturnType<typeof starved>) => check(healed, journal.view());

  it('calls nothing violated', () => {
    const result = outcome(starved().object('Node', 'modified', 'n1', silent));
    expect(result).to.include({ verdict: 'inconclusive' });
    expect(result.because).to.match(/^node n1 was lost .* healed by itself/);
  });

  it('knows it from its containers too, which are out of sight long before the node counts as silent', () => {
    const gap = { type: 'watch', kind: 'Process', op: 'gap', reason: 'n1: gone' } as const;
    expect(outcome(starved().entry(gap)).because).to.contain('(n1: gone)');
    const resumed = starved().entry(gap).entry({ type: 'watch', kind: 'Process', op: 'resumed' });
    expect(outcome(resumed)).to.include({ verdict: 'violated' });
    const stopped = starved().entry({ type: 'watch', kind: 'Process', op: 'stopped' });
    expect(outcome(stopped)).to.include({ verdict: 'violated' });
  });

  it('minds no node that came back, was never ready, or is played', () => {
    const back = starved().object('Node', 'modified', 'n1', silent);
    back.object('Node', 'modified', 'n1', { ...silent, ready: true, reason: 'KubeletReady' });
    expect(outcome(back)).to.include({ verdict: 'violated' });
    const fake = starved().object('Node', 'modified', 'fake-1', { ...silent, fake: true });
    expect(outcome(fake)).to.include({ verdict: 'violated' });
    const late = starved().object('Node', 'modified', 'n2', { ...silent, reason: 'KubeletNotReady' });
    expect(outcome(late)).to.include({ verdict: 'violated' });
  });

  it('leaves alone what holds', () => {
    expect(check(healed, incident().object('Node', 'modified', 'n1', silent).view())).to.include({ verdict: 'holds' });
  });
});

describe('collectFindings', () => {
  it('keeps the findings of a check inside another one apart', () => {
    let inner: ReturnType<typeof collectFindings> | undefined;
    const outer = collectFindings(() => {
      inner = collectFindings(() => expect(good).to.startSteady());
      expect(good).to.proveDeadlock();
    });
    expect([inner!.findings.length, outer.findings.length]).to.deep.equal([1, 1]);
  });
});
