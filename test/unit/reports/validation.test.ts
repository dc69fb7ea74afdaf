import { expect } from 'chai';
import { parse } from 'yaml';
import { changedValues } from '../../../reports/changed-values.ts';
import type { CellResult, CheckResult, ExperimentResult, Result } from '../../../reports/result.ts';
import { type Validation, type ValidationInput, validation } from '../../../reports/validation.ts';
import { validationHtml, validationMarkdown, validationScreen } from '../../../reports/validation-text.ts';
import { check, NASTY, result } from './results.ts';

const SAFEGUARDS = 'admissionController:\n  replicas: 3\n';
const side = { kubernetes: '1.36.3', kyverno: '1.18.2', values: [] };

function run(runId: string, first: Partial<ExperimentResult> = {}): Result {
  return { ...result({}, { outcome: 'fell', ...first }), runId };
}
/** An upgrade with one check that ended so. */
const upgraded = (runId: string, ...checks: Partial<CheckResult>[]): Result => {
  const found = checks.map((c) => check({ name: 'F15 no violating pod was let in', ...c }));
  const verdict = found.find((c) => c.verdict !== 'holds')?.verdict ?? 'holds';
  return run(runId, { name: 'gatekeeper-upgrade', outcome: 'unknown', verdict, checks: found });
};
const validated = (over: Partial<ValidationInput> = {}): Validation =>
  validation({
    id: 'v1',
    startedAt: '2026-11-23T05:00:00.000Z',
    durationSeconds: 400,
    from: side,
    to: { ...side, kyverno: '1.19.1' },
    sides: [{ experiment: 'we-all-fall-down', from: run('a-1'), to: run('b-2') }],
    upgrade: { asIs: upgraded('c-3', {}), safeguarded: undefined },
    safeguards: SAFEGUARDS,
    known: [],
    ...over,
  });
const sides = (from: Result | undefined, to: Result | undefined) => ({
  sides: [{ experiment: 'we-all-fall-down', from, to }],
});
const bad = { verdict: 'violated' as const, because: '4 violating pods were let in', measured: 4, unit: 'pods' };

describe('validation', () => {
  it('is safe when nothing is worse and the upgrade did no harm, and says that both sides fall', () => {
    const found = validated();
    expect(found).to.include({ verdict: 'safe', changes: null });
    expect(found.notes.join()).to.include('falls to we-all-fall-down on both sides');
  });

  it('is safe with changes when the safeguards take away what the upgrade does', () => {
    const found = validated({ upgrade: { asIs: upgraded('c-3', bad), safeguarded: upgraded('d-4', {}) } });
    expect(found).to.include({ verdict: 'safe with changes', changes: SAFEGUARDS });
    expect(found.because).to.include('4 violating pods');
    expect(found.upgrade[0]!.asIs.evidence).to.deep.equal({ runId: 'c-3', lines: [120, 121, 4711] });
  });

  it('is not safe when the safeguards do not help', () => {
    const found = validated({ upgrade: { asIs: upgraded('c-3', bad), safeguarded: upgraded('d-4', bad) } });
    expect(found).to.include({ verdict: 'not safe', changes: null });
  });

  it('is not safe when a cluster that stood falls, unless its own run shows that the safeguards hold', () => {
    const fell = run('b-2');
    expect(validated(sides(run('a-1', { outcome: 'stood' }), fell))).to.include({ verdict: 'not safe' });
    const measures = {
      ...fell.experiments[0]!.measures,
      safeguarded: { refusedRequests: 0, minReadyReplicas: 2, requiredReplicas: 2 },
    };
    const mended = validated(sides(run('a-1', { outcome: 'stood' }), run('b-2', { measures })));
    expect(mended).to.include({ verdict: 'safe with changes', changes: SAFEGUARDS });
  });

  it('is not safe when a check of the second side is violated, unless the cluster did better than expected', () => {
    const checks = [check({ verdict: 'violated', because: 'it healed' })];
    const worse = validated(sides(run('a-1'), run('b-2', { verdict: 'violated', checks })));
    expect(worse).to.include({ verdict: 'not safe' });
    const better = validated(sides(run('a-1'), run('b-2', { verdict: 'violated', outcome: 'limped', checks })));
    expect(better).to.include({ verdict: 'safe' });
    expect(better.differences.map((d) => d.state)).to.include.members(['better', 'changed']);
  });

  describe('a second side that went blind behind a verdict that stayed violated', () => {
    const stood = { outcome: 'stood', verdict: 'violated' } as const;
    const seen = [check({ name: 'it stands', verdict: 'holds' }), check({ name: 'it falls', verdict: 'violated' })];
    const before = run('a-1', { ...stood, checks: seen });

    it('is inconclusive when it is not known what the cluster did', () => {
      const checks = [check({ name: 'it stands', verdict: 'violated' }), seen[1]!];
      const found = validated(sides(before, run('b-2', { ...stood, outcome: 'unknown', checks })));
      expect(found.verdict).to.equal('not safe');
      const quiet = validated(sides(before, run('b-2', { ...stood, outcome: 'unknown', checks: seen })));
      expect(quiet).to.include({ verdict: 'inconclusive' });
    });

    it('is inconclusive when a check that held cannot be told', () => {
      const checks = [
        check({ name: 'it stands', verdict: 'inconclusive', because: 'the Pod watch was blind' }),
        seen[1]!,
      ];
      const found = validated(sides(before, run('b-2', { ...stood, checks })));
      expect(found).to.include({ verdict: 'inconclusive' });
      expect(found.because).to.include('the Pod watch was blind');
    });

    it('is inconclusive when a cell of it is', () => {
      const cell = { name: 'one', outcome: 'stood', reason: '', checks: seen } as unknown as CellResult;
      const hidden = { ...cell, outcome: 'unknown', reason: 'the probes were blind' } as CellResult;
      const found = validated(sides(run('a-1', { cells: [cell] }), run('b-2', { cells: [hidden] })));
      expect(found.because).to.include('cell one: what the cluster did could not be seen (the probes were blind)');
    });

    it('is none when the cluster healed sooner, so that the rest was never reached', () => {
      const checks = [
        check({ name: 'it stands', verdict: 'holds' }),
        check({ name: 'it falls', verdict: 'inconclusive' }),
      ];
      const found = validated(sides(run('a-1', { checks: seen }), run('b-2', { ...stood, checks })));
      expect(found).to.include({ verdict: 'safe' });
    });
  });

  it('does not call an upgrade safe that nobody tried, nor the sides the same', () => {
    const left = validated({ upgrade: undefined });
    expect(left.because).to.include('the upgrade itself was not tried');
    expect(left.notes.join()).to.include('was not tried').and.not.include('the same on both sides');
    const same = validated({ upgrade: undefined, to: side });
    expect(same.because).to.not.include('not tried');
    expect(same.notes.join()).to.include('the same on both sides');
    const cut = validated({ upgrade: { asIs: undefined, safeguarded: undefined }, stopped: 'stopped by SIGINT' });
    expect(cut.notes.join()).to.include('was not tried');
  });

  it('is inconclusive when a run is missing, could not see, or was not tried with the safeguards', () => {
    expect(validated(sides(run('a-1'), undefined)).because).to.include('after did not come to a result');
    const blind = run('b-2', { verdict: 'inconclusive', reason: 'the Pod watch was blind' });
    expect(validated(sides(run('a-1'), blind))).to.include({ verdict: 'inconclusive' });
    const untried = { asIs: upgraded('c-3', bad), safeguarded: undefined };
    expect(validated({ upgrade: untried })).to.include({ verdict: 'inconclusive' });
    const unseen = upgraded('d-4', { verdict: 'inconclusive', because: 'blind' });
    expect(validated({ upgrade: { ...untried, safeguarded: unseen } })).to.include({ verdict: 'inconclusive' });
    expect(validated({ stopped: 'stopped by SIGINT' })).to.include({ verdict: 'inconclusive' });
  });

  it('says what was not tried', () => {
    const found = validated({ upgrade: undefined, to: { ...side, kubernetes: '1.37.2' } });
    expect(found.notes.join()).to.include('no upgrade of it to watch').and.to.include('control plane itself was not');
  });

  it('is told in the terminal, in Markdown and as a page, whatever a cluster said', () => {
    const nasty = { ...bad, name: NASTY, because: NASTY };
    const found = validated({
      upgrade: { asIs: upgraded('c-3', nasty), safeguarded: upgraded('d-4', { name: NASTY }) },
    });
    const screen = validationScreen(found, '/runs/v1');
    expect(screen).to.match(/^SAFE WITH THESE CHANGES: /);
    expect(screen).to.include('  admissionController:').and.to.include('violated (4 pods) → holds');
    expect(validationMarkdown(found)).to.include('```yaml').and.not.include('<script>');
    expect(validationHtml(found)).to.include('SAFE WITH THESE CHANGES').and.not.include('<script>alert');
  });
});

describe('changedValues', () => {
  it('are what leads from one set of helm values to another', () => {
    const before = parse('{ a: { b: 1, c: 2 }, list: [1], same: x }');
    const after = parse('{ a: { b: 1, c: 3 }, list: [1, 2], same: x, more: { d: 4 } }');
    expect(changedValues(before, after)).to.deep.equal({ a: { c: 3 }, list: [1, 2], more: { d: 4 } });
    expect(changedValues(before, before)).to.deep.equal({});
  });
});
