import type { Result } from './result.ts';
import type { SideDifference, UpgradeFinding, Validation, ValidationInput } from './validation.ts';
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
  const hurtless = upgrade === undefined ? '' : ', and the upgrade itself did no harm under load';
  return { verdict: 'safe', because: `nothing is worse after it${hurtless}`, ...none };
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
  return undefined;
}
