import { expect } from 'chai';
import { exposure, tallyExposure } from '../../../harness/check/exposure.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { aJournal, type JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { incident } from '../../fixtures/journals/incident.ts';

const mark = (name: string) => (e: JournalEvent) => e.type === 'mark' && e.name === name;
const probes = (e: JournalEvent) => e.type === 'probe' && e.probe === 'exposure';
const opened = (inside: (journal: JournalBuilder) => unknown) =>
  aJournal().run().synced().mark('rules.deleted').with(inside).mark('gate.enforcing');

describe('exposure', () => {
  it('counts the violating pods, names them, and says how many are left', () => {
    const finding = exposure(incident().view());
    expect(finding).to.include({ verdict: 'holds', measured: 2, unit: 'pods' });
    expect(finding.because).to.contain('let in 2 violating pods (violating-1, violating-2); 1 of them still there');
    expect(finding.evidence).to.have.length(4);
  });

  it('counts pods that somebody else made too', () => {
    const view = opened((j) => j.exposed('admitted', 'v-1').pod('added', 'theirs', { role: 'violating' })).view();
    expect(tallyExposure(view)!.admitted.map((p) => p.name)).to.deep.equal(['v-1', 'theirs']);
    expect(exposure(view)).to.include({ verdict: 'holds', measured: 2 });
  });

  it('counts the unlabelled pods of others that the gatekeeper refused afterwards, and only those', () => {
    const audit = (object: string, answer: 'refused' | 'admitted') => (j: JournalBuilder) =>
      j.probe('unknown', answer, { probe: 'audit', object: `Pod/default/${object}` });
    const strangers = opened((j) => j.exposed('admitted', 'v-1').pod('added', 'theirs').pod('added', 'fine'));
    expect(exposure(strangers.view()).because).to.contain('nobody can say whether Pod/default/theirs');
    strangers.with(audit('theirs', 'refused'), audit('fine', 'admitted')).pod('added', 'afterwards');
    const view = strangers.view();
    expect(tallyExposure(view)!.admitted.map((p) => p.name)).to.deep.equal(['v-1', 'theirs']);
    expect(exposure(view)).to.include({ verdict: 'holds', measured: 2 });
  });

  it('does not count violating pods from before', () => {
    const view = aJournal()
      .run()
      .synced()
      .pod('added', 'old', { role: 'violating' })
      .mark('rules.deleted')
      .exposed('admitted', 'v-1')
      .mark('gate.enforcing')
      .view();
    expect(exposure(view)).to.include({ measured: 1 });
  });

  it('is violated when nothing slipped through', () => {
    expect(exposure(opened((j) => j.exposed('refused').after(2).exposed('refused')).view())).to.include({
      verdict: 'violated',
      measured: 0,
    });
  });

  it('is violated when pods came in after the gate was said to enforce', () => {
    const view = opened((j) => j.exposed('admitted', 'v-1'))
      .after(3)
      .exposed('admitted', 'late')
      .view();
    expect(exposure(view).because).to.contain('1 violating pod (late) came in after');
  });

  it('counts a pod that was asked for before the gate enforced and answered after', () => {
    const view = opened((j) => j.exposed('admitted', 'v-1'))
      .pod('added', 'v-2', { role: 'violating' })
      .probe('violating', 'admitted', { probe: 'exposure', object: 'Pod/default/v-2', seconds: 0.5 })
      .view();
    expect(exposure(view)).to.include({ verdict: 'holds', measured: 2 });
  });

  it('is inconclusive when it was never probed', () => {
    expect(exposure(incident().without(probes)).because).to.contain('nobody tried');
  });

  it('is inconclusive when the probes left a hole of more than 5 s, or all failed', () => {
    expect(
      exposure(opened((j) => j.exposed('admitted', 'v-1').after(6).exposed('admitted', 'v-2')).view()).because,
    ).to.contain('no probe got an answer');
    expect(exposure(opened((j) => j.exposed('admitted', 'v-1').after(3).exposed('error').after(3)).view())).to.include({
      verdict: 'inconclusive',
    });
    expect(exposure(opened((j) => j.exposed('error')).view()).because).to.contain('socket hang up');
  });

  it('is inconclusive when probes and watch disagree, either way', () => {
    const unseen = incident().without((e) => e.type === 'object' && e.name === 'violating-2');
    expect(exposure(unseen).because).to.contain('the Pod watch never saw it');
    const unasked = opened((j) =>
      j.exposed('refused').pod('added', 'theirs', { role: 'violating' }).exposed('refused'),
    ).view();
    expect(exposure(unasked).because).to.contain('every probe of the time was turned away');
  });

  it('is inconclusive when the Pod watch was blind, then or later: what is left is not known', () => {
    expect(exposure(incident().blindAt('Pod', mark('rules.deleted')))).to.include({ verdict: 'inconclusive' });
    expect(exposure(incident().blindAt('Pod', mark('stand.ended')))).to.include({ verdict: 'inconclusive' });
  });

  it('is inconclusive while a mark is missing', () => {
    for (const name of ['rules.deleted', 'gate.enforcing']) {
      expect(exposure(incident().without(mark(name))).because).to.contain(name);
    }
  });
});
