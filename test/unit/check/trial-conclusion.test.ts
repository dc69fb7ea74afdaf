import { expect } from 'chai';
import { groupsOf, trialConclusion } from '../../../harness/check/trial-conclusion.ts';
import type { CellResult } from '../../../reports/result.ts';

function cell(trigger: string, safeguards: string, fate: string | null, words: Partial<CellResult> = {}): CellResult {
  const values = {
    trigger,
    safeguards,
    fate,
    gatekeeperOutageSeconds: fate === 'stood' ? 0 : 20,
    minReadyReplicas: 0,
    replicas: 1,
  };
  return { name: `${trigger}-${safeguards}`, verdict: 'holds', values, ...words } as CellResult;
}

describe('the conclusion of all trials', () => {
  it('names claims that did not hold, and no others', () => {
    const { lines } = trialConclusion([
      cell('collision', '', 'fell'),
      cell('collision', 'disruption-budget', 'fell'),
      cell('drain', 'disruption-budget', 'stood'),
      cell('node-critical-collision', 'critical-priority', 'fell'),
    ]);
    const broken = lines.filter((line) => line.includes('does not hold'));
    expect(broken).to.have.length(1);
    expect(broken[0]).to.include('The claim of disruption-budget').and.include('against collision');
  });

  it('names the smallest sets that suffice, for each trigger', () => {
    const { lines } = trialConclusion([
      cell('collision', '', 'fell'),
      cell('collision', 'replicas+spread', 'stood'),
      cell('collision', 'critical-priority', 'stood'),
      cell('collision', 'polite-security', 'stood'),
      cell('drain', '', 'fell'),
    ]);
    expect(lines).to.include(
      'collision: the smallest sets with which the cluster stands, of those tried: critical-priority; polite-security.',
    );
    expect(lines).to.include('drain: nothing that was tried lets the cluster stand.');
  });

  it('says what each safeguard changes alone, and what leaving it out changes', () => {
    const [, marginal] = trialConclusion([
      cell('collision', '', 'fell'),
      cell('collision', 'replicas', 'limped'),
      cell('collision', 'disruption-budget', 'fell'),
      cell('collision', 'spread', 'stood'),
      cell('collision', 'disruption-budget+replicas+spread', 'stood'),
      cell('collision', 'disruption-budget+replicas', 'limped'),
    ]).tables;
    const row = (name: string) => marginal?.rows.find((r) => r[1] === name);
    expect(row('replicas')?.[4]).to.equal('limits');
    expect(row('disruption-budget')?.[4]).to.equal('nothing');
    expect(row('spread')?.slice(2)).to.deep.equal(['fell', 'stood', 'prevents', 20, 0, 'limped']);
  });

  it('does not call what was not the same each time', () => {
    const cells = [
      cell('collision', 'spread', 'stood'),
      cell('collision', 'spread', 'fell'),
      cell('collision', 'spread', 'stood'),
    ].map((c) => ({ ...c, verdict: 'inconclusive' as const, outcomes: 'stood 2 of 3, fell 1 of 3' }));
    const [group] = groupsOf(cells);
    expect(group).to.include({ fate: 'stood 2 of 3, fell 1 of 3', sure: false });
    const { lines } = trialConclusion(cells);
    expect(lines.some((line) => line.includes('timing decides'))).to.equal(true);
    expect(lines).to.include('collision: nothing that was tried lets the cluster stand.');
  });

  it('takes nothing from an inconclusive cell', () => {
    const cells = [cell('collision', 'spread', 'stood', { verdict: 'inconclusive' })];
    expect(groupsOf(cells)[0]).to.include({ fate: null, sure: false });
    const mixed = [...cells, cell('collision', 'spread', 'stood')];
    expect(groupsOf(mixed)[0]).to.include({ fate: 'inconclusive 1 of 2, stood 1 of 2', sure: false });
    expect(trialConclusion(cells).lines).to.include('collision: nothing that was tried lets the cluster stand.');
    expect(trialConclusion([{ ...cells[0]!, values: { trigger: null } }]).tables).to.deep.equal([]);
  });
});
