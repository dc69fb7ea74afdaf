import type { ExperimentResult, Result } from './result.ts';
import type { Side, SideDifference, UpgradeFinding, Validation, ValidationInput } from './validation.ts';
import { OUTCOME } from './validation-differences.ts';

type Judged = Pick<Validation, 'verdict' | 'because' | 'changes'>;

/** Harm that was seen counts whatever else is missing; that there was none counts only when everything was seen. */
export function judge(input: ValidationInput, differences: readonly SideDifference[], found: UpgradeFinding[]): Judged {
  const { sides, upgrade, safeguards } = input;
  const worse = differences.filter((d) => d.state === 'worse');
  const lasting = worse.filter((d) => !isMended(d, sides));
  const harm = found.filter((f) => f.asIs.verdict === 'violated');
  const still = harm.filter((f) => f.safeguarded?.verdict !== 'holds');
  const none = { changes: null };
  if (lasting.length > 0) {
    return {
      verdict: 'not safe',
      because: `${lasting[0]!.what} (${lasting[0]!.experiment}): ${words(lasting[0]!)}`,
      ...none,
    };
  }
  const broken = missing(input);
  const hidden = found.find((f) => f.safeguarded?.verdict === 'inconclusive');
  if (still.length > 0 && hidden === undefined && upgrade?.safeguarded !== undefined) {
    return {
      verdict: 'not safe',
      because: `the upgrade hurts even with the safeguards: ${still[0]!.safeguarded!.because}`,
      ...none,
    };
  }
  if (broken !== undefined) return { verdict: 'inconclusive', because: broken, ...none };
  if (harm.length > 0) {
    if (upgrade?.safeguarded === undefined || hidden !== undefined || still.length > 0) {
      const why = hidden?.safeguarded?.because ?? 'that was not tried';
      return {
        verdict: 'inconclusive',
        because: `the upgrade hurts as it is (${harm[0]!.asIs.because}); with the safeguards: ${why}`,
        ...none,
      };
    }
    const because = `as it is the upgrade hurts (${harm[0]!.asIs.because}); with the safeguards it does not`;
    return { verdict: 'safe with changes', because, changes: safeguards };
  }
  if (worse.length > 0) {
    const because = `${worse[0]!.what} (${worse[0]!.experiment}): ${words(worse[0]!)}; with the safeguards the same trigger does no harm`;
    return { verdict: 'safe with changes', because, changes: safeguards };
  }
  const hurtless = upgradeWords(input);
  return { verdict: 'safe', because: `nothing is worse after it${hurtless}`, ...none };
}

/** Whether there is nothing to upgrade: the same version, chart and values. */
export function sameGatekeeper(a: Side, b: Side): boolean {
  return a.kyverno === b.kyverno && a.chart === b.chart && a.values.join() === b.values.join();
}

function upgradeWords({ from, to, upgrade }: ValidationInput): string {
  if (upgrade !== undefined) return ', and the upgrade itself did no harm under load';
  return sameGatekeeper(from, to) ? '' : '; the upgrade itself was not tried';
}

const words = (d: SideDifference): string => `${d.from} → ${d.to}: ${d.because}`;

/** That the cluster falls now where it did not before is mended when the same run shows that the safeguards hold on the new side. */
function isMended(d: SideDifference, sides: ValidationInput['sides']): boolean {
  const s = sides.find(({ experiment }) => experiment === d.experiment)?.to?.experiments[0]?.measures.safeguarded;
  return d.what === OUTCOME && s != null && s.refusedRequests === 0 && s.minReadyReplicas >= s.requiredReplicas;
}

/** Why nothing can be said: a run that is missing or could not see. */
function missing({ sides, upgrade, stopped }: ValidationInput): string | undefined {
  if (stopped !== undefined) return stopped;
  const runs: [string, Result | undefined][] = sides.flatMap(({ experiment, from, to }) => [
    [`${experiment} before`, from],
    [`${experiment} after`, to],
  ]);
  // A violated upgrade was seen well enough; what else it might have shown does not matter then.
  if (upgrade !== undefined) runs.push(['the upgrade', upgrade.asIs]);
  for (const [name, r] of runs) {
    if (r === undefined) return `${name} did not come to a result`;
    if (r.verdict === 'inconclusive') return `${name} is inconclusive: ${r.experiments[0]?.reason ?? 'nothing ran'}`;
  }
  for (const { experiment, from, to } of sides) {
    const blind = wentBlind(from, to);
    if (blind !== undefined) return `${experiment} after: ${blind}`;
  }
  return undefined;
}

/**
 * What the second run could not see of what the first one saw. Such a run need not be inconclusive as a whole: one that is
 * violated on both sides, as with a cluster that stands, hides it. Where the cluster did something else the run may have
 * ended sooner, and that is told as the change it is.
 */
export function wentBlind(from: Result | undefined, to: Result | undefined): string | undefined {
  const [was, is] = [from?.experiments[0], to?.experiments[0]];
  if (was === undefined || is === undefined) return undefined;
  const pairs: [string, Seen, Seen | undefined][] = [
    ['', was, is],
    ...(was.cells ?? []).map((c): [string, Seen, Seen | undefined] => [
      `cell ${c.name}: `,
      c,
      is.cells?.find(({ name }) => name === c.name),
    ]),
  ];
  for (const [where, before, after] of pairs) {
    if (after === undefined) continue;
    if (after.outcome === 'unknown' && before.outcome !== 'unknown') {
      return `${where}what the cluster did could not be seen (${after.reason})`;
    }
    if (after.outcome !== before.outcome) continue;
    const hidden = after.checks.find(
      (c) =>
        c.verdict === 'inconclusive' && before.checks.some((b) => b.name === c.name && b.verdict !== 'inconclusive'),
    );
    if (hidden !== undefined) return `${where}${hidden.name}: ${hidden.because}`;
  }
  return undefined;
}

type Seen = Pick<ExperimentResult, 'outcome' | 'reason' | 'checks'>;
