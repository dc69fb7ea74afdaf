import { expect } from 'chai';
import type { Verdict } from '../../../harness/check/finding.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { type Comparison, compare, familyOf, kindOf } from '../../../reports/compare.ts';
import { compareHtml, compareLines, compareMarkdown } from '../../../reports/compare-text.ts';
import { noiseOf } from '../../../reports/noise.ts';
import type { CellResult, Outcome, Result } from '../../../reports/result.ts';
import { recorded, told } from '../../fixtures/recordings/recordings.ts';
import { check, NASTY, result } from './results.ts';

const worse = (c: Comparison) => c.differences.filter((d) => d.state === 'worse').map((d) => d.what);

/** A recorded run as another one: a little later here and there, as runs of a kind differ. */
async function run(runId: string, edit: (event: JournalEvent) => JournalEvent = (e) => e): Promise<Result> {
  const { result: r } = await told(recorded('fell').map(edit));
  return { ...r, runId };
}

/** From the deletion of the rules on, everything comes later: a gatekeeper that takes its time to start. */
function later(seconds: number): (event: JournalEvent) => JournalEvent {
  const opened = recorded('fell').find((e) => e.type === 'mark' && e.name === 'rules.deleted')!.t;
  return (e) => (e.t > opened + 1 ? { ...e, t: e.t + seconds } : e);
}

const oneReplicaLess = (e: JournalEvent): JournalEvent => {
  if (e.type === 'cluster.ready') return { ...e, gatekeeper: { ...e.gatekeeper, replicas: 0 } };
  if (e.type !== 'object' || e.kind !== 'EndpointSlice' || !('ready' in e.state)) return e;
  const { state } = e;
  return 'total' in state && state.ready === 2 ? { ...e, state: { ...state, ready: 1 } } : e;
};

describe('compare', () => {
  let alike: Result[];
  before(async () => {
    alike = await Promise.all([run('one'), run('two', later(0.4)), run('three', later(0.8))]);
  });

  it('is silent between three runs that are alike', () => {
    for (const a of alike) {
      for (const b of alike) {
        const others = alike.filter((r) => r !== b);
        const enough = [...others, { ...others[0]!, runId: 'four' }];
        expect(compare(a, b, enough)).to.include({ verdict: 'not worse' });
      }
    }
  });

  it('flags a gatekeeper that is 10 s slower', async () => {
    const found = compare(alike[0]!, await run('slow', later(10)), alike);
    expect(found).to.include({ verdict: 'worse', noiseRuns: 3 });
    expect(worse(found)).to.include.members(['recovery', 'nothing enforced', 'way out: gatekeeper ready']);
  });

  it('takes no step of the way out for worse when the recovery as a whole is not: back-offs come when they come', () => {
    const late = (r: Result, steps: readonly string[], seconds: number): Result => {
      const [e] = r.experiments;
      const unwinding = e!.measures.unwinding.map((u) =>
        steps.includes(u.step) ? { ...u, seconds: u.seconds + seconds } : u,
      );
      return { ...r, runId: 'late', experiments: [{ ...e!, measures: { ...e!.measures, unwinding } }] };
    };
    const found = compare(
      alike[0]!,
      late(alike[1]!, ['gatekeeper pod created', 'gatekeeper process started'], 5),
      alike,
    );
    expect(found.verdict).to.equal('not worse');
    const row = found.differences.find((d) => d.what === 'way out: gatekeeper pod created');
    expect(row?.because).to.include('made up for');
  });

  it('flags one replica less, however few runs there are', async () => {
    const found = compare(alike[0]!, await run('fewer', oneReplicaLess), []);
    expect(found.verdict).to.equal('worse');
    expect(worse(found)).to.include.members([
      'gatekeeper replicas',
      'least ready replicas with safeguards',
      'F16 with safeguards the same trigger does nothing',
    ]);
  });

  it('does not judge timings by fewer than three runs, and says so', async () => {
    const found = compare(alike[0]!, await run('slow', later(3)), alike.slice(0, 2));
    expect(found.verdict).to.equal('cannot tell');
    expect(found.notes.join()).to.include('2 of the 3 runs needed');
    expect(found.differences.some((d) => d.state === 'unjudged')).to.equal(true);
  });

  it('takes only runs of the same kind for the noise', () => {
    const others = alike.map((r) => ({ ...r, host: { ...r.host, cores: 64 } }));
    expect(compare(alike[0]!, alike[1]!, others).noiseRuns).to.equal(1);
  });

  it('says of a matrix what each cell did, and takes what varies by chance for no regression', () => {
    const cell = (name: string, outcome: Outcome, verdict: Verdict = 'holds') =>
      ({ name, outcome, checks: [check({ name: 'it was in sight', verdict })] }) as unknown as CellResult;
    const matrix = (runId: string, ...cells: CellResult[]) => ({ ...result({}, { checks: [], cells }), runId });
    const before = matrix('a', cell('stands', 'stood'), cell('races', 'limped'));
    expect(compare(before, matrix('b', cell('stands', 'fell'), cell('races', 'limped')), []).verdict).to.equal('worse');
    const raced = matrix('c', cell('stands', 'stood'), cell('races', 'fell'));
    expect(compare(before, raced, []).differences.find((d) => d.what === 'cell races')?.state).to.equal('unjudged');
    const others = ['d', 'e'].map((id) => matrix(id, cell('stands', 'stood'), cell('races', 'limped')));
    expect(compare(before, raced, others).verdict).to.equal('worse');
    const chance = [...others, matrix('f', cell('stands', 'stood'), cell('races', 'fell'))];
    expect(compare(before, raced, chance).verdict).to.equal('not worse');
    expect(worse(compare(before, matrix('g', cell('stands', 'stood', 'violated')), []))).to.deep.equal([
      'cell stands: it was in sight',
    ]);
  });

  it('flags a cluster that falls where it stood, and a violated check that the first run did not have', () => {
    const [a, b] = [result({}, { outcome: 'stood' }), result({}, { outcome: 'fell' })];
    expect(worse(compare(a, b, []))).to.deep.equal(['what the cluster did']);
    const more = result(
      {},
      { checks: [...result().experiments[0]!.checks, check({ name: 'new', verdict: 'violated' })] },
    );
    expect(worse(compare(result(), more, []))).to.deep.equal(['new']);
  });

  it('judges no timing between runs of different size, and says so', () => {
    const [e] = alike[1]!.experiments;
    const measures = { ...e!.measures, podsRequested: 20_000, timeToRecoverSeconds: 900 };
    const large = { ...alike[1]!, runId: 'large', experiments: [{ ...e!, measures }] };
    const found = compare(alike[0]!, large, alike);
    expect(found.verdict).to.equal('cannot tell');
    expect(found.differences.find((d) => d.what === 'recovery')?.because).to.include('not alike: pods');
  });

  it('judges no latency by one that was timed by a sampler that was scheduled otherwise', () => {
    const timed = (runId: string, p50: number, realTime: boolean): Result => {
      const [e] = alike[0]!.experiments;
      const api = { 'get-pod': { count: 9, errors: 0, timeouts: 0, p50, p95: p50, p99: p50, max: p50 } };
      const sampler = { cpuSeconds: 1, gatewayCpuSeconds: null, eventLoopDelayP99: 0, latenessP99: 0, realTime };
      return { ...alike[0]!, runId, experiments: [{ ...e!, measures: { ...e!.measures, api, sampler } }] };
    };
    const known = [timed('a', 0.003, true), timed('b', 0.003, true), timed('c', 0.003, true)];
    const row = (b: Result, others = known) =>
      compare(known[0]!, b, others).differences.find((d) => d.what === 'API p50: get-pod');
    expect(row(timed('slow', 0.02, true))?.state).to.equal('worse');
    expect(row(timed('slow', 0.02, false))).to.deep.include({ state: 'unjudged' });
    expect(row(timed('slow', 0.02, false))?.because).to.include('wait for a CPU');
    const mixed = [known[0]!, timed('b', 0.03, false), timed('c', 0.003, false)];
    expect(row(timed('slow', 0.02, true), mixed)?.because).to.include('1 run like the first one');
  });

  it('takes runs with other settings for another kind, but not those of another version for another family', () => {
    const [a, b] = [result({ settings: 'a' }), result({ settings: 'b' })];
    expect(kindOf(a)).to.not.equal(kindOf(b));
    expect(familyOf(a)).to.not.equal(familyOf(b));
    const newer = { ...a, cluster: { ...a.cluster!, kubernetesVersion: '9.9.9' } };
    expect(familyOf(newer)).to.equal(familyOf(a));
    expect(kindOf(newer)).to.not.equal(kindOf(a));
  });

  it('does not call an inconclusive run good', async () => {
    const { result: b } = await told(recorded('inconclusive'));
    expect(compare({ ...b, runId: 'a' }, b, alike).verdict).to.equal('cannot tell');
  });

  it('says the same in every form, and lets nothing start that a cluster said', () => {
    const [a, b] = [result(), result({}, { checks: [check({ verdict: 'violated', because: NASTY })] })];
    const found = compare(a, b, []);
    expect(compareLines(found).headline).to.equal('WORSE: 1 thing got worse beyond noise');
    expect(compareMarkdown(found)).to.include('**WORSE: 1 thing got worse beyond noise**').and.not.include('<script>');
    expect(compareHtml(found)).to.include('WORSE: 1 thing got worse beyond noise').and.not.include('<script>alert');
  });
});

describe('noiseOf', () => {
  it('needs three values', () => expect(noiseOf([1, 2], 1)).to.equal(undefined));

  it('allows what chance does, and at least what the instrument cannot tell apart', () => {
    expect(noiseOf([10, 10, 10], 1)?.limit).to.equal(11);
    expect(noiseOf([100, 100, 100], 1)?.limit).to.be.closeTo(110, 1e-9);
    // mean 20, deviation 10, t(2) = 6.965, √(1 + 1/3)
    expect(noiseOf([10, 20, 30], 1)?.limit).to.be.closeTo(20 + 6.965 * 10 * Math.sqrt(4 / 3), 1e-9);
  });
});
