import { AssertionError, expect, use } from 'chai';
import { fires, resolvesItself, staysQuiet } from './alerts.ts';
import { apiSlo, type SloOptions } from './api-slo.ts';
import { cleanUpRefused, comesBack, podsHeld, schedulerLoaded, staysAway } from './clean-ups.ts';
import { InconclusiveError, recordAssertion, recordFinding } from './collect.ts';
import { deadlockChain } from './deadlock-chain.ts';
import { deletesRefused } from './deletes-refused.ts';
import { drainBlocked } from './drain-blocked.ts';
import { drainEviction } from './drain-eviction.ts';
import { drainPassed } from './drain-passed.ts';
import { exposure } from './exposure.ts';
import { failWithin } from './fail-within.ts';
import type { Finding } from './finding.ts';
import { forecastComesTrue } from './forecast-comes-true.ts';
import { type FrozenOptions, frozen } from './frozen.ts';
import { gateNeverDown } from './gate-never-down.ts';
import { gatewayDeadline } from './gateway-deadline.ts';
import { JournalView } from './journal-view.ts';
import { keepAReplica } from './keep-a-replica.ts';
import { keepTheRules } from './keep-the-rules.ts';
import { kubeletEviction } from './kubelet-eviction.ts';
import { letNothingIn } from './let-nothing-in.ts';
import { lies, tellsTheTruth } from './lies.ts';
import { noSelfHealing } from './no-self-healing.ts';
import { nodeBecomesReady } from './node-becomes-ready.ts';
import { nodeKeptOut } from './node-kept-out.ts';
import { nodeStaysNotReady } from './node-stays-not-ready.ts';
import { opposite } from './opposite.ts';
import { podStart } from './pod-start.ts';
import { podsAccountedFor } from './pods-accounted-for.ts';
import { preemption } from './preemption.ts';
import { queueDrained } from './queue-drained.ts';
import { recoveryNeedsAdmin } from './recovery-needs-admin.ts';
import { refuseAtMost } from './refuse-at-most.ts';
import { safeguardsHold } from './safeguards-hold.ts';
import { neverSettles, settles } from './settling.ts';
import { starvation } from './starvation.ts';
import { stayUnderLoad } from './stay-under-load.ts';
import { steadyState } from './steady-state.ts';
import { takeOver } from './take-over.ts';
import { tippingPoints } from './tipping-points.ts';
import { trialInSight } from './trial.ts';
import { unwinding } from './unwinding.ts';
import { startedFromDeadlock, wayOutMeasured } from './way-out.ts';
import type { Within } from './windows.ts';

// `never`: what a word takes is known where it is said, not where all of them are registered.
type Checker = (view: JournalView, options: never) => Finding;

/** The words of an experiment's checks, each backed by one checker: `expect(journal).to.showPreemption({ of: 'gatekeeper' })`. */
const WORDS = {
  startSteady: steadyState,
  showPreemption: preemption,
  proveDeadlock: deadlockChain,
  refuseDeletes: deletesRefused,
  stayDown: (view: JournalView, options: { forSeconds?: number } = {}) => noSelfHealing(view, options),
  starve: starvation,
  healByItself: (view: JournalView, { withinSeconds }: { withinSeconds?: number } = {}) =>
    noSelfHealing(view, { expect: 'heals', ...(withinSeconds === undefined ? {} : { forSeconds: withinSeconds }) }),
  needAdminToRecover: recoveryNeedsAdmin,
  unwind: unwinding,
  countExposure: exposure,
  standUnderSafeguards: safeguardsHold,
  beInSight: trialInSight,
  comeTrue: forecastComesTrue,
  drainTheQueue: queueDrained,
  accountForPods: podsAccountedFor,
  showKubeletEviction: kubeletEviction,
  showDrainEviction: drainEviction,
  blockTheDrain: drainBlocked,
  passTheDrain: drainPassed,
  neverLoseTheGate: gateNeverDown,
  keepNodeNotReady: nodeStaysNotReady,
  readyTheNode: nodeBecomesReady,
  keepNodeOut: nodeKeptOut,
  meetSlo: apiSlo,
  breakSlo: (view: JournalView, options: SloOptions = {}) => opposite(apiSlo(view, options)),
  answerWithinDeadline: gatewayDeadline,
  exceedDeadline: (view: JournalView, options: Within = {}) => opposite(gatewayDeadline(view, options)),
  failWithin,
  findTippingPoints: tippingPoints,
  startPods: podStart,
  stayResponsive: (view: JournalView, options: Omit<FrozenOptions, 'expect'> = {}) => frozen(view, options),
  freeze: (view: JournalView, options: Omit<FrozenOptions, 'expect'> = {}) =>
    frozen(view, { ...options, expect: 'freezes' }),
  lie: lies,
  tellTheTruth: tellsTheTruth,
  fire: fires,
  stayQuiet: staysQuiet,
  resolveItself: resolvesItself,
  startFromDeadlock: startedFromDeadlock,
  measureTheWayOut: wayOutMeasured,
  takeOver,
  refuseAtMost,
  letNothingIn,
  keepTheRules,
  keepAReplica,
  stayUnderLoad,
  comeBack: comesBack,
  stayAway: staysAway,
  refuseTheCleanUp: cleanUpRefused,
  holdThePods: podsHeld,
  loadTheScheduler: schedulerLoaded,
  settle: settles,
  neverSettle: neverSettles,
} satisfies Record<string, Checker>;

type Words = typeof WORDS;
type WordMethods = {
  [W in keyof Words]: (
    ...options: Parameters<Words[W]> extends [JournalView, ...infer Rest] ? Rest : never
  ) => Chai.Assertion;
};

declare global {
  namespace Chai {
    interface Assertion extends WordMethods {}
  }
}

use((chai, utils) => {
  for (const [word, checker] of Object.entries<Checker>(WORDS)) {
    chai.Assertion.addMethod(word, function (this: Chai.AssertionStatic, options?: never) {
      const subject: unknown = utils.flag(this, 'object');
      if (!(subject instanceof JournalView))
        throw new TypeError(`"${word}" is said of a journal: expect(journal).to.${word}()`);
      // The opposite of "violated" is not "holds": a negated check would pass on a blind journal.
      if (utils.flag(this, 'negate') === true) throw new TypeError(`"${word}" cannot be negated`);
      const finding = checker(subject, options as never);
      recordFinding(finding);
      if (finding.verdict === 'violated') throw new AssertionError(finding.because);
      if (finding.verdict === 'inconclusive') throw new InconclusiveError(finding);
    });
  }
  const plain = chai.Assertion.prototype.assert;
  chai.Assertion.prototype.assert = function (this: Chai.AssertionStatic, ...args: Parameters<typeof plain>) {
    recordAssertion();
    return plain.apply(this, args);
  };
});

export { expect };
