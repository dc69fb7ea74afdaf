import { expect } from 'chai';
import { GameDayRecord } from '../../../harness/gameday/record.ts';
import { admissionDeadlock } from '../../../harness/gameday/scenarios/admission-deadlock.ts';
import { scoreJournal } from '../../../harness/gameday/score.ts';
import { aGame, answers, audit, partOf, refusedByWebhook, scored, step, wellPlayed } from './a-game.ts';

describe('the scorecard of a game day', () => {
  it('gives a crew that does it well all points, and says what each is for', () => {
    const card = scored(wellPlayed());
    expect(card).to.include({ verdict: 'recovered', points: 100, outOf: 100, ended: 'finished' });
    expect(card.notKnown).to.deep.equal([]);
    expect(partOf(card, 'detect').seconds).to.be.closeTo(10, 0.5);
    expect(partOf(card, 'diagnose').seconds).to.be.closeTo(20, 0.5);
    expect(partOf(card, 'mitigate').seconds).to.be.closeTo(30, 0.5);
    expect(partOf(card, 'recover').seconds).to.be.closeTo(40, 0.5);
    expect(partOf(card, 'recover').evidence).to.have.length(2);
    expect(card.exposure).to.deep.include({ admitted: 10, left: 10 });
    expect(card.exposure.seconds).to.be.closeTo(10, 0.5);
    const lie = card.dashboards.find(({ panel }) => panel === 'Gatekeeper replicas ready');
    expect(lie).to.include({ said: '1' });
    expect(lie?.liedSeconds).to.be.closeTo(40, 1);
  });

  it('gives a crew that does nothing nothing: it caused no exposure, and earned nothing by that', () => {
    const j = aGame();
    answers(j, 40, 'closed');
    const card = scored(j);
    expect(card).to.include({ verdict: 'not-recovered', points: 0 });
    for (const part of card.parts) expect(part.points, part.name).to.equal(0);
    expect(card.notKnown).to.deep.equal([]);
  });

  it('takes points off for time, between the two limits of the scenario', () => {
    const j = aGame();
    answers(j, 330, 'closed');
    step(j, { op: 'acknowledged', by: 'infra-oncall' });
    // Full up to 60 s, none from 600 s on: half at 330 s.
    expect(partOf(scored(j), 'detect').points).to.be.closeTo(10, 0.1);
  });

  it('counts nothing that comes after the end: neither what the clean-up opens nor what is said too late', () => {
    const j = aGame();
    answers(j, 10, 'closed');
    step(j, { op: 'ended', by: 'facilitator', how: 'finished' });
    const { end } = GameDayRecord.from(j.events());
    step(j, { op: 'acknowledged', by: 'infra-oncall' });
    step(j, { op: 'diagnosed', by: 'infra-oncall', cause: 'gatekeeper-locked-out' });
    answers(j, 20, 'open');
    answers(j, 5, 'enforced');
    j.entry({ type: 'run.ended', how: 'completed' });
    const record = GameDayRecord.from(j.events());
    expect(record.end).to.equal(end);
    expect(record.ended?.how).to.equal('completed');
    const card = scoreJournal(j.events(), admissionDeadlock);
    expect(card).to.include({ verdict: 'not-recovered', points: 0 });
    expect(card.exposure.admitted).to.equal(0);
  });

  it('leaves pauses out of every clock, and of what slipped in', () => {
    const j = aGame();
    answers(j, 10, 'closed');
    step(j, { op: 'paused', by: 'facilitator' });
    answers(j, 100, 'open');
    step(j, { op: 'resumed', by: 'facilitator' });
    step(j, { op: 'acknowledged', by: 'infra-oncall' });
    answers(j, 5, 'enforced');
    const card = scored(j);
    expect(card.pausedSeconds).to.be.closeTo(100, 0.5);
    expect(partOf(card, 'detect').seconds).to.be.closeTo(10, 0.5);
    expect(card.exposure.admitted).to.equal(0);
  });

  it('does not take a cause that was named wrong, or before anything happened, for a diagnosis', () => {
    const j = aGame();
    answers(j, 10, 'closed');
    step(j, { op: 'diagnosed', by: 'infra-oncall', cause: 'etcd-full' });
    const card = scored(j);
    expect(partOf(card, 'diagnose')).to.include({ points: 0, seconds: null });
    expect(card.guesses).to.have.length(1);
    expect(card.guesses[0]).to.include({ right: false });
  });

  it('calls an alarm before the fault a false one', () => {
    const j = aGame();
    const events = j.events();
    const at = events.findIndex((e) => e.type === 'fault');
    const early = {
      ...events[at]!,
      type: 'gameday',
      op: 'acknowledged',
      by: 'infra-oncall',
    } as (typeof events)[number];
    early.t -= 2;
    answers(j, 10, 'closed');
    const card = scored(j, (all) => [...all.slice(0, at), early, ...all.slice(at)]);
    expect(card.falseAlarms).to.equal(1);
    expect(partOf(card, 'detect').points).to.equal(0);
  });

  it('takes the price of hints off', () => {
    const j = wellPlayed();
    step(j, { op: 'hint', by: 'infra-oncall', number: 1 });
    expect(scored(j).points).to.equal(97);
  });

  it('is not recovered when the gate is closed, or open, at the end again', () => {
    for (const what of ['closed', 'open'] as const) {
      const j = wellPlayed();
      answers(j, 8, what);
      const card = scored(j);
      expect(card.verdict, what).to.equal('not-recovered');
      expect(partOf(card, 'recover').points).to.equal(0);
      expect(partOf(card, 'mitigate').points, what).to.equal(what === 'open' ? 20 : 0);
    }
  });

  it('does not call a blip after the recovery a second outage, but the same for longer', () => {
    for (const [seconds, recovered] of [
      [2, 40],
      [8, 53],
    ] as const) {
      const j = wellPlayed();
      answers(j, seconds, 'closed');
      answers(j, 5, 'enforced');
      expect(partOf(scored(j), 'recover').seconds).to.be.closeTo(recovered, 1);
    }
  });
});

describe('a scorecard that could not see', () => {
  it('does not know wrong turns without an audit log, and gives no points for them', () => {
    const card = scored(wellPlayed(), (all) => all.filter((e) => e.type !== 'watch' || e.kind !== 'Audit'));
    expect(card).to.deep.include({ points: 90, notKnown: ['Wrong turns'], wrongTurns: null, requests: null });
    expect(partOf(card, 'commands').because).to.include('never synced');
  });

  it('does not when the log fell silent before the end either', () => {
    const j = wellPlayed();
    j.entry({ type: 'watch', kind: 'Audit', op: 'gap', reason: 'at the end it did not show a request' });
    expect(scored(j)).to.deep.include({ wrongTurns: null, points: 90 });
  });

  it('cannot tell the way out without probes', () => {
    const j = aGame();
    answers(j, 10, 'closed');
    j.after(30);
    answers(j, 5, 'enforced');
    const card = scored(j);
    expect(card).to.include({ verdict: 'inconclusive' });
    expect(partOf(card, 'mitigate').points).to.equal(null);
    expect(partOf(card, 'recover').points).to.equal(null);
    expect(partOf(card, 'exposure').points).to.equal(null);
  });

  it('is inconclusive when nothing went wrong, or nothing was done', () => {
    const j = aGame();
    answers(j, 10, 'enforced');
    expect(scored(j)).to.include({ verdict: 'inconclusive', points: 0 });
    const untouched = aGame();
    expect(scored(untouched, (all) => all.filter((e) => e.type !== 'fault')).because).to.include(
      'before anything was done',
    );
  });
});

describe('wrong turns', () => {
  const turnsOf = (act: (j: ReturnType<typeof aGame>) => void) => {
    const j = aGame();
    answers(j, 5, 'closed');
    act(j);
    answers(j, 5, 'closed');
    return scored(j).wrongTurns ?? [];
  };

  it('are what RBAC or the dead webhook refuses, each with its reason', () => {
    const turns = turnsOf((j) => {
      audit(j, {
        verb: 'delete',
        resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'x',
        code: 403,
      });
      audit(j, { verb: 'delete', ns: 'encoding', name: 'p', ...refusedByWebhook });
    });
    expect(turns.map((w) => [w.kind, w.code])).to.deep.equal([
      ['refused', 403],
      ['refused', 500],
    ]);
    expect(turns[0]?.because).to.include('RBAC');
    expect(turns[1]?.because).to.include('does not answer');
  });

  it('are changes that were accepted and cannot help', () => {
    const scale = {
      verb: 'patch',
      resource: 'deployments.apps/scale',
      ns: 'kyverno',
      name: 'kyverno-admission-controller',
    };
    const [turn] = turnsOf((j) => audit(j, scale));
    expect(turn).to.include({ kind: 'useless', what: 'patch deployments/scale kyverno/kyverno-admission-controller' });
  });

  it('are no reads, no questions, no dry runs, and nothing that helps', () => {
    const turns = turnsOf((j) => {
      audit(j, { verb: 'list', resource: 'secrets', code: 403 });
      audit(j, { verb: 'create', resource: 'selfsubjectaccessreviews.authorization.k8s.io', code: 201 });
      audit(j, { verb: 'create', dryRun: true, ...refusedByWebhook });
      audit(j, { verb: 'patch', resource: 'deployments.apps/scale', ns: 'security', name: 'security-agent' });
      audit(j, { verb: 'delete', resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io', name: 'x' });
    });
    expect(turns).to.deep.equal([]);
  });

  it('count one command once, and the same again a second time', () => {
    const turns = turnsOf((j) => {
      for (const name of ['a', 'b', 'c']) audit(j, { verb: 'delete', ns: 'encoding', name, ...refusedByWebhook });
      j.after(10);
      audit(j, { verb: 'delete', ns: 'encoding', name: 'a', ...refusedByWebhook });
    });
    expect(turns.map((w) => w.times)).to.deep.equal([3, 1]);
  });

  it('are none in a pause, and a restart of the gatekeeper is none once it can be admitted', () => {
    expect(
      turnsOf((j) => {
        step(j, { op: 'paused', by: 'facilitator' });
        audit(j, { verb: 'delete', ns: 'encoding', name: 'a', ...refusedByWebhook });
        step(j, { op: 'resumed', by: 'facilitator' });
      }),
    ).to.deep.equal([]);
    const j = wellPlayed();
    audit(j, { verb: 'patch', resource: 'deployments.apps', ns: 'kyverno', name: 'kyverno-admission-controller' });
    expect(scored(j).wrongTurns).to.deep.equal([]);
  });
});
