import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recordFinding } from '../../../harness/check/collect.ts';
import { holds, violated } from '../../../harness/check/verdicts.ts';
import type { RunEnded } from '../../../harness/journal/events.ts';
import { evaluate } from '../../../harness/run/evaluate.ts';
import { finishedCells } from '../../../harness/run/evaluate-cells.ts';
import type { Cell } from '../../../harness/run/matrix.ts';
import { MATRIX_PLANNED } from '../../../harness/run/plan-matrix.ts';
import type { Experiment } from '../../../harness/run/script.ts';
import { JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { toNdjson } from '../../fixtures/journals/write.ts';

describe('evaluate, of a matrix', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-cells-'));
    mkdirSync(join(dir, 'manifests'));
    writeFileSync(join(dir, 'manifests', 'profile.yaml'), 'name: p\n');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const cell = (name: string, more: Partial<Cell> = {}): Cell => ({
    name,
    title: name,
    steps: [],
    checks: [{ name: 'it stayed up', facts: [], body: () => recordFinding(holds('up', [])) }],
    read: (journal) => ({ seconds: journal.end }),
    ...more,
  });
  const experiment = (cells: Cell[], more: Partial<Experiment> = {}): Experiment => ({
    name: 'mine',
    title: 'Mine',
    facts: [],
    needs: ['embedded'],
    profile: 'p',
    typicalSeconds: 1,
    steps: [],
    checks: [],
    cells: () => cells,
    ...more,
  });
  const write = (folder: string, how: RunEnded['how'] | undefined, more: (j: JournalBuilder) => unknown = () => 0) => {
    const journal = new JournalBuilder().run().phase('steady-state').phaseEnded('steady-state');
    more(journal);
    if (how !== undefined) journal.entry({ type: 'run.ended', how, ...(how === 'completed' ? {} : { reason: 'why' }) });
    mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, folder, 'journal.ndjson'), toNdjson(journal.events()));
  };
  const planned =
    (cells: string, leftOut = '') =>
    (journal: JournalBuilder) =>
      journal.mark(MATRIX_PLANNED, { cells, leftOut });
  const result = (of: Experiment) => evaluate(join(dir, 'journal.ndjson'), of).experiments[0]!;

  it('judges each cell by its own journal, and the experiment by all of them', () => {
    write('.', 'completed', planned('a,b'));
    write('cells/a', 'completed');
    write('cells/b', 'completed');
    const bad = cell('b', { checks: [{ name: 'c', facts: [], body: () => recordFinding(violated('it fell', [3])) }] });
    const found = result(experiment([cell('a'), bad]));
    expect(found.cells?.map(({ name, verdict }) => [name, verdict])).to.deep.equal([
      ['a', 'holds'],
      ['b', 'violated'],
    ]);
    expect(found.cells?.[0]).to.deep.include({ journal: 'cells/a/journal.ndjson', startSeconds: 9 });
    expect(found.cells?.[0]?.values.seconds).to.be.above(0);
    expect(found).to.include({ verdict: 'violated', reason: 'cell b: it fell' });
  });

  it('takes over the outcome that a cell’s own values tell in the same words', () => {
    write('.', 'completed', planned('a,b'));
    write('cells/a', 'completed');
    write('cells/b', 'completed');
    const told = (name: string, outcome: string) => cell(name, { read: () => ({ outcome }) });
    const found = result(experiment([told('a', 'limped'), told('b', 'worked')]));
    expect(found.cells?.map(({ outcome }) => outcome)).to.deep.equal(['limped', 'unknown']);
  });

  it('takes repeats that did not end the same for inconclusive, and says how often they ended how', () => {
    write('.', 'completed', planned('a,a-2,a-3,b,b-2'));
    for (const name of ['a', 'a-2', 'a-3', 'b', 'b-2']) write(`cells/${name}`, 'completed');
    const ended = (name: string, outcome: string, repeats?: string) =>
      cell(name, { read: () => ({ outcome }), ...(repeats === undefined ? {} : { repeats }) });
    const all = [ended('a', 'stood'), ended('a-2', 'fell', 'a'), ended('a-3', 'stood', 'a')];
    const found = result(experiment([...all, ended('b', 'fell'), ended('b-2', 'fell', 'b')]));
    expect(found.cells?.map(({ verdict }) => verdict)).to.deep.equal([
      ...Array(3).fill('inconclusive'),
      ...Array(2).fill('holds'),
    ]);
    expect(found.cells?.[0]?.reason).to.equal('timing decides: stood 2 of 3, fell 1 of 3');
  });

  it('takes a cell that was never begun, was cut off or is damaged for inconclusive, and never for a pass', () => {
    write('.', 'completed', planned('a,b,c,d'));
    write('cells/b', undefined);
    write('cells/c', 'interrupted');
    write('cells/d', 'completed');
    writeFileSync(join(dir, 'cells', 'd', 'journal.ndjson'), 'no json\n{}\n');
    const found = result(experiment([cell('a'), cell('b'), cell('c'), cell('d')]));
    expect(found.cells?.map(({ verdict }) => verdict)).to.deep.equal(Array(4).fill('inconclusive'));
    expect(found.cells?.[0]).to.deep.include({ reason: 'it was never begun', startedAt: null, values: {} });
    expect(found.cells?.[3]?.reason).to.include('not JSON');
    expect(found.verdict).to.equal('inconclusive');
  });

  it('takes a cell whose values cannot be read for inconclusive', () => {
    write('.', 'completed', planned('a'));
    write('cells/a', 'completed');
    const broken = cell('a', {
      read: () => {
        throw new Error('no such mark');
      },
    });
    expect(result(experiment([broken])).cells?.[0]).to.deep.include({
      verdict: 'inconclusive',
      reason: 'its values could not be read: no such mark',
    });
  });

  it('leaves out what the user left out: cells, and checks that ask for them', () => {
    write('.', 'completed', planned('a', 'b'));
    write('cells/a', 'completed');
    const checks = [
      {
        name: 'about a',
        facts: [],
        body: (_: unknown, cells: Iterable<unknown>) => recordFinding(holds(`${[...cells].length} cell`, [])),
      },
      { name: 'about b', facts: [], body: (_: unknown, cells: { get(name: string): unknown }) => cells.get('b') },
    ] as Experiment['checks'];
    const found = result(experiment([cell('a'), cell('b')], { checks }));
    expect(found.cells?.map(({ name }) => name)).to.deep.equal(['a']);
    expect(found.checks.map(({ name }) => name)).to.deep.equal(['about a']);
    expect(found.verdict).to.equal('holds');
  });

  it('makes a check that asks for an inconclusive cell inconclusive', () => {
    write('.', 'completed', planned('a'));
    const checks: Experiment['checks'] = [
      { name: 'about a', facts: [], body: (_, cells) => expect(cells.get('a').outcome).to.equal('fell') },
    ];
    const [check] = result(experiment([cell('a')], { checks })).checks;
    expect(check).to.include({ verdict: 'inconclusive', because: 'cell a is inconclusive: it was never begun' });
  });

  it('concludes from the results of all cells', () => {
    write('.', 'completed', planned('a'));
    write('cells/a', 'completed');
    const conclude: Experiment['conclude'] = (cells) => ({ lines: [`${cells.length} cell`], tables: [] });
    expect(result(experiment([cell('a')], { conclude })).conclusion?.lines).to.deep.equal(['1 cell']);
  });

  it('tells which cells are finished: completed or stopped, never cut off', () => {
    write('cells/a', 'completed');
    write('cells/b', 'stopped');
    write('cells/c', 'interrupted');
    write('cells/d', 'error');
    write('cells/e', undefined);
    expect(finishedCells(dir, ['a', 'b', 'c', 'd', 'e', 'f'])).to.deep.equal(['a', 'b']);
  });
});
