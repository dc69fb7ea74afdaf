import { expect } from 'chai';
import { parse } from 'yaml';
import { safeguardCells } from '../../../harness/run/safeguard-cells.ts';
import { measuredRemedies } from '../../../reports/measured-remedies.ts';
import { remediesOf } from '../../../reports/remedies.ts';
import type { CellResult } from '../../../reports/result.ts';
import { load } from '../profiles/helpers.ts';
import { HOLDS } from './results.ts';

function cell(trigger: string, safeguards: string, fate: string | null, words: Partial<CellResult> = {}): CellResult {
  const patch = safeguards === '' || safeguards.includes('+') ? null : `for: ${safeguards}\n`;
  const values = {
    trigger,
    safeguards,
    fate,
    patch,
    patchIs: 'Kyverno helm values',
    reservedCpuCores: 0.1,
    replicas: 1,
  };
  return { name: `${trigger}-${safeguards}`, verdict: 'holds', values, ...words } as CellResult;
}
const none = [cell('collision', '', 'fell'), cell('drain', '', 'fell')];
const titles = (...cells: CellResult[]) => measuredRemedies([...none, ...cells]).map((r) => r.title);

describe('remedies that a matrix measured', () => {
  it('are by what they did: most prevented, then most limited; what did nothing is none', () => {
    const found = measuredRemedies([
      ...none,
      cell('collision', 'replicas', 'limped'),
      cell('collision', 'short-timeout', 'fell'),
      cell('collision', 'spread', 'stood'),
      cell('drain', 'spread', 'stood'),
      cell('collision', 'critical-priority', 'stood'),
      cell('drain', 'critical-priority', 'fell'),
      cell('collision', 'a+b', 'stood'),
    ]);
    expect(found.map((r) => r.title)).to.deep.equal(['Spread', 'Critical priority', 'Replicas']);
    expect(found.map((r) => r.effect)).to.deep.equal(['prevents it', 'prevents it', 'makes it shorter']);
    expect(found[1]?.because).to.include('stood against collision').and.include('changed nothing against drain');
    expect(found[0]?.patch).to.deep.equal({ what: 'Kyverno helm values', text: 'for: spread' });
  });

  it('call nothing that was not the same each time, could not be seen, or was not tried without', () => {
    expect(titles(cell('collision', 'spread', 'stood'), cell('collision', 'spread', 'fell'))).to.deep.equal([]);
    expect(titles(cell('collision', 'spread', 'stood', { verdict: 'inconclusive' }))).to.deep.equal([]);
    expect(titles(cell('stall', 'spread', 'stood'))).to.deep.equal([]);
  });

  it('go before what is known of other clusters', () => {
    const experiment = { ...HOLDS.experiments[0]!, cells: [...none, cell('collision', 'spread', 'stood')] };
    const gate = { mayNotOpen: [], opened: [], slippedIn: [] };
    expect(remediesOf(HOLDS, experiment, gate).map((r) => r.title)).to.deep.equal(['Spread']);
  });

  it('have values that can be applied: every single safeguard writes its own down', () => {
    const { profile } = load({ profile: 'two-infrastructure-nodes' });
    const single = safeguardCells(profile).filter(
      (c) => c.trigger === 'collision' && /^[^+]+$/.test(c.data.safeguards),
    );
    expect(single.length).to.be.above(10);
    for (const { data } of single) {
      for (const part of String(data.patch).split('---\n')) expect(parse(part), data.safeguards).to.be.an('object');
      expect(data.patchIs).to.match(/^(Kyverno helm values|Manifests|What it changes)/);
    }
    const priority = single.find((c) => c.data.safeguards === 'critical-priority');
    expect(parse(String(priority?.data.patch))).to.deep.equal({
      admissionController: { priorityClassName: 'system-cluster-critical' },
    });
  });
});
