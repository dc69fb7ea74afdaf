import { expect } from 'chai';
import { apiConclusion } from '../../../harness/check/api-conclusion.ts';
import { tippingPoints } from '../../../harness/check/tipping-points.ts';
import { aJournal, type JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { type Asked, asked, sampling } from '../../fixtures/journals/api.ts';

const CLASSES = ['get-pod', 'create-configmap', 'delete-configmap', 'dry-run-pod', 'list-page'] as const;
const SECONDS = 20;
const NONE = { asked: {} };

interface Step {
  pods: number;
  /** How each request of a class went; 5 ms unless it says otherwise. */
  how?: Partial<Record<(typeof CLASSES)[number], Omit<Asked, 'at'>>>;
  /** Seconds until its pod runs. */
  starts?: number;
  /** Nothing was sampled. */
  blind?: boolean;
}

/** A ramp of steps of 20 s, each with one pod and a request of every class each second. */
function ramp(steps: readonly Step[], end = true): JournalBuilder {
  const journal = aJournal()
    .run()
    .synced()
    .phase('ramp')
    .with(sampling([...CLASSES]));
  let late: (Asked & { name: (typeof CLASSES)[number] })[] = [];
  const told = () => {
    for (const { name, ...one } of late) journal.with(asked(name, [one]));
  };
  const endOf = ({ at, waited = 0.005 }: Asked) => at + waited;
  for (const [i, { pods, how = {}, starts = 1, blind = false }] of steps.entries()) {
    const from = journal.now;
    const crowd = { dashboards: 2 ** i, watchers: 1, controllers: 1 };
    journal.mark('ramp.step', { step: i + 1, pods, ...crowd }).entry({ type: 'clients', ...crowd, ...NONE });
    journal.pod('added', `p${i}`, { role: 'encoding' }).after(starts);
    journal.pod('modified', `p${i}`, { role: 'encoding', phase: 'Running' });
    const own = CLASSES.flatMap((name) =>
      Array.from({ length: SECONDS }, (_, n) => ({ name, at: from + n, ...how[name] })),
    );
    const lines = [...late, ...(blind ? [] : own)].sort((a, b) => endOf(a) - endOf(b));
    late = lines.filter((line) => endOf(line) < from + SECONDS);
    told();
    // What is answered after the step is told after its end.
    late = lines.filter((line) => endOf(line) >= from + SECONDS);
    journal.after(Math.max(0, from + SECONDS - journal.now)).mark('ramp.step-ended', { step: i + 1 });
  }
  told();
  if (end) journal.mark('ramp.ended', { step: steps.length, of: steps.length, reason: 'all steps were made' });
  return journal.phaseEnded('ramp');
}

describe('tipping points', () => {
  it('are where each limit broke first, or not reached', () => {
    const view = ramp([
      { pods: 10 },
      { pods: 20, how: { 'get-pod': { waited: 1.5 } } },
      { pods: 40, how: { 'get-pod': { waited: 3 }, 'create-configmap': { waited: 2 } }, starts: 9 },
    ]).view();
    const finding = tippingPoints(view);
    expect(finding).to.include({ verdict: 'holds', measured: 3, unit: 'limits' });
    expect(finding.because).to.include('reads of one object, p99 at 20 pods and 2 dashboards');
    expect(finding.because).to.include('the ramp ended at 40 pods: all steps were made');
    const { tables, lines } = apiConclusion(view);
    const rows = Object.fromEntries((tables[0]?.rows ?? []).map(([limit, ...row]) => [limit, row]));
    expect(rows['reads of one object, p99']).to.deep.equal([1, 'at', 20, 2, 1, 1, 1.5]);
    expect(rows['writes of one object, p99']?.slice(1, 3)).to.deep.equal(['at', 40]);
    expect(rows['start of a pod, p99']?.slice(1, 3)).to.deep.equal(['at', 40]);
    expect(rows['lists, p99']?.slice(0, 3)).to.deep.equal([30, 'not reached up to', 40]);
    expect(lines.join(' ')).to.include('lists, p99: not reached up to 40 pods, 4 dashboards');
  });

  it('are no single slow step', () => {
    const slow = { 'get-pod': { waited: 1.5 } };
    const view = ramp([{ pods: 10, how: slow }, { pods: 20 }, { pods: 40, how: slow }]).view();
    expect(tippingPoints(view).because).to.include('reads of one object, p99 at 40 pods');
  });

  it('break where every request failed fast', () => {
    const failing = { waited: 0.001, code: 503 };
    const view = ramp([{ pods: 10 }, { pods: 20, how: { 'list-page': failing } }]).view();
    expect(tippingPoints(view)).to.include({ verdict: 'holds', measured: 1 });
    expect(tippingPoints(view).because).to.include('lists, p99 at 20 pods');
  });

  it('are none when everything was broken in the smallest step already', () => {
    const finding = tippingPoints(ramp([10, 20].map((pods) => ({ pods, how: { 'get-pod': { waited: 4 } } }))).view());
    expect(finding.verdict).to.equal('violated');
    expect(finding.because).to.include('broken in the smallest step already: reads of one object');
  });

  it('are unknown when a step before them was not in sight, was not waited for, or a clock jumped', () => {
    const slow = { 'get-pod': { waited: 4 } };
    expect(
      tippingPoints(
        ramp([
          { pods: 10, blind: true },
          { pods: 20, how: slow },
        ]).view(),
      ).verdict,
    ).to.equal('inconclusive');
    const censored = { 'get-pod': { waited: 0.5, censored: true } };
    expect(tippingPoints(ramp([{ pods: 10 }, { pods: 20, how: censored }]).view()).verdict).to.equal('inconclusive');
    const jumped = ramp([{ pods: 10 }, { pods: 20 }]).edited((e) =>
      e.type === 'samples' && (e.due[0] ?? 0) > 25 ? { ...e, due: e.due.map((due) => due + 3600) } : e,
    );
    expect(tippingPoints(jumped).verdict).to.equal('inconclusive');
  });

  it('are unknown without a ramp, when it was cut off, or when the clients were gone', () => {
    expect(tippingPoints(aJournal().run().view())).to.include({ because: 'there was no ramp' });
    expect(tippingPoints(ramp([{ pods: 10 }], false).view()).because).to.include('cut off in step 1');
    const gone = {
      type: 'clients',
      dashboards: 0,
      watchers: 0,
      controllers: 0,
      asked: {},
      reason: 'x failed',
    } as const;
    const journal = ramp([{ pods: 10 }, { pods: 20 }]);
    const without = journal.edited((e) => (e.type === 'clients' && e.dashboards === 2 ? { ...e, ...gone } : e));
    expect(tippingPoints(without)).to.include({ verdict: 'inconclusive' });
    expect(tippingPoints(without).because).to.include('nobody loaded the API any more: x failed');
  });

  it('tell of phases what happened while their fault was in place', () => {
    const journal = aJournal()
      .run()
      .with(sampling(['dry-run-pod']))
      .phase('gatekeeper-stalled');
    const fault = (op: 'injected' | 'reverted') => ({ type: 'fault', op, fault: 'stall', describe: 'x' }) as const;
    journal.entry(fault('injected'));
    journal.with(asked('dry-run-pod', [{ at: 1, waited: 10, code: 500 }]));
    journal.entry(fault('reverted')).with(asked('dry-run-pod', [{ at: 12 }]));
    const table = apiConclusion(journal.phaseEnded('gatekeeper-stalled').view()).tables[2];
    expect(table?.rows[0]?.slice(-2)).to.deep.equal(['1 of 1 failed', '10.0 s (median of 1)']);
  });
});
