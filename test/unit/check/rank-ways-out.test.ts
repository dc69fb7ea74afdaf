import { expect } from 'chai';
import type { Profile } from '../../../clusters/providers/provider.ts';
import { rankWaysOut } from '../../../harness/check/rank-ways-out.ts';
import type { CellResult, Scalar } from '../../../reports/result.ts';

const profile = {
  workloads: { encoding: { namespace: 'encoding' }, security: { namespace: 'security' } },
  gatekeeper: { policies: [] },
} as unknown as Profile;

const cell = (
  name: string,
  values: Record<string, Scalar | null>,
  verdict: CellResult['verdict'] = 'holds',
): CellResult =>
  ({
    name,
    verdict,
    values: { path: 'delete-rules', poke: false, by: 'platform-admin', ...values },
  }) as unknown as CellResult;
const worked = (name: string, left: number, enforcingSeconds: number, more: Record<string, Scalar> = {}) =>
  cell(name, { worked: true, violatingPodsLeft: left, exposureSeconds: left, enforcingSeconds, ...more });
const again = (of: CellResult, repeats: string): CellResult => ({ ...of, repeats });

describe('rankWaysOut', () => {
  it('puts first where nothing is left that should not be there, then what was fastest, and last what failed', () => {
    const { tables } = rankWaysOut(
      [
        cell('waiting', { path: 'wait', worked: false }),
        worked('fast-and-open', 12, 10),
        worked('slow-and-shut', 0, 30),
        worked('fast-and-shut', 0, 20),
      ],
      profile,
    );
    expect(tables[0]?.rows.map(([rank, name]) => [rank, name])).to.deep.equal([
      [1, 'fast-and-shut'],
      [2, 'slow-and-shut'],
      [3, 'fast-and-open'],
      [null, 'waiting'],
    ]);
    for (const { columns, rows } of tables) for (const row of rows) expect(row).to.have.length(columns.length);
  });

  it('names the best for the runbook, with its command lines and the poke that it had', () => {
    const { lines, commands } = rankWaysOut(
      [worked('exempt', 0, 9, { path: 'exempt-namespace', poke: true })],
      profile,
    );
    expect(lines[0]).to.match(/^For the runbook: exempt, by platform-admin/);
    expect(commands?.lines.join('\n')).to.include('namespaceSelector').and.include('kubectl annotate');
  });

  it('says of a way that was taken several times what its middle cell did, and names it once', () => {
    const { lines, tables } = rankWaysOut(
      [
        worked('exempt', 0, 30),
        again(worked('exempt-2', 0, 10, { inWords: 'luck' }), 'exempt'),
        again(worked('exempt-3', 0, 32, { inWords: 'bad luck' }), 'exempt'),
        worked('ignore', 0, 20, { inWords: 'the middle' }),
        again(worked('ignore-2', 0, 19), 'ignore'),
        again(worked('ignore-3', 0, 25), 'ignore'),
        cell('waiting', { worked: false }),
        again(cell('waiting-2', { worked: false }), 'waiting'),
        again(cell('waiting-3', { worked: false }), 'waiting'),
      ],
      profile,
    );
    expect(lines.slice(0, 2)).to.deep.equal([
      'For the runbook: ignore, by platform-admin: the middle.',
      '2 of 3 ways out worked, each time it was taken; these did not: waiting.',
    ]);
    expect(tables[0]?.rows, 'every cell').to.have.length(9);
  });

  it('takes a name that ends in a number for a way of its own when nothing has the name without it', () => {
    const { lines } = rankWaysOut([worked('wait-60', 0, 9, { inWords: 'well' }), worked('other', 0, 10)], profile);
    expect(lines[0]).to.equal('For the runbook: wait-60, by platform-admin: well.');
  });

  it('names the pods of others that slipped in, every one, and none of its own', () => {
    const violatingPods = 'slipped-in/violating-1, shop/web-1, shop/web-2';
    const { tables } = rankWaysOut(
      [worked('open', 3, 9, { violatingPods }), worked('shut', 0, 9, { violatingPods: '' })],
      profile,
    );
    const table = tables.find(({ title }) => title.startsWith('Pods of others'));
    expect(table?.rows).to.deep.equal([['open', 'shop/web-1, shop/web-2']]);
  });

  it('ranks no cell that is inconclusive, and says so when nothing worked', () => {
    const { lines, tables, commands } = rankWaysOut(
      [worked('blind', 0, 1), cell('waiting', { worked: false })].map((c) =>
        c.name === 'blind' ? { ...c, verdict: 'inconclusive' as const } : c,
      ),
      profile,
    );
    expect(lines[0]).to.equal('No way out of those tried worked.');
    expect(lines.at(-1)).to.equal('1 cell inconclusive, without a rank.');
    expect(tables[0]?.rows).to.have.length(1);
    expect(commands).to.equal(undefined);
  });
});
