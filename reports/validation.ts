import type { Verdict } from '../harness/check/finding.ts';
import type { CheckResult, Outcome, Result } from './result.ts';
import { differencesOf } from './validation-differences.ts';
import { judge, sameGatekeeper } from './validation-verdict.ts';

/** One side of an upgrade. */
export interface Side {
  kubernetes: string;
  kyverno: string;
  /** The user's own chart; undefined for that of the version's source. */
  chart?: string | undefined;
  /** Files of helm values of this side. */
  values: string[];
}

export interface ValidationInput {
  id: string;
  startedAt: string;
  durationSeconds: number;
  from: Side;
  to: Side;
  /** Each experiment on both sides; undefined where it did not come to a result. */
  sides: { experiment: string; from: Result | undefined; to: Result | undefined }[];
  /** The upgrade itself; undefined when the gatekeeper is the same on both sides, or it was left out. */
  upgrade: { asIs: Result | undefined; safeguarded: Result | undefined } | undefined;
  /** helm values, as YAML, that the safeguarded runs had on top. */
  safeguards: string;
  /** Results of earlier runs, whose spread is the noise of timings. */
  known: readonly Result[];
  /** Why it was cut off. */
  stopped?: string | undefined;
}

export type ValidationVerdict = 'safe' | 'safe with changes' | 'not safe' | 'inconclusive';

/** One thing that is not the same on both sides, or is worth knowing to be. */
export interface SideDifference {
  experiment: string;
  what: string;
  from: string;
  to: string;
  /** `changed`: different, and no worse. `unjudged`: a number without enough runs to know its noise. */
  state: 'worse' | 'better' | 'changed' | 'same' | 'unjudged';
  because: string;
  evidence: Evidence[];
}

export interface Evidence {
  runId: string;
  /** Lines of its journal. */
  lines: number[];
}

export interface UpgradeFinding {
  what: string;
  asIs: Found;
  /** The same upgrade with the safeguards; null when that was not tried. */
  safeguarded: Found | null;
}

export type Found = Pick<CheckResult, 'verdict' | 'measured' | 'limit' | 'unit' | 'because'> & { evidence: Evidence };

/** `validation.json`, version 1. */
export interface Validation {
  schemaVersion: 1;
  id: string;
  startedAt: string;
  durationSeconds: number;
  verdict: ValidationVerdict;
  /** One sentence. */
  because: string;
  from: Side;
  to: Side;
  upgrade: UpgradeFinding[];
  differences: SideDifference[];
  /** helm values to apply before the upgrade; null when none are needed, or none that were tried help. */
  changes: string | null;
  runs: { role: string; experiment: string; runId: string; verdict: Verdict; outcome: Outcome; reason: string }[];
  notes: string[];
}

/** What a pre-upgrade validation found: a pure function of the results of its runs. */
export function validation(input: ValidationInput): Validation {
  const { id, startedAt, durationSeconds, from, to, sides, upgrade, stopped } = input;
  const differences = sides.flatMap((side) => differencesOf(side.experiment, side.from, side.to, input.known));
  const found = findings(upgrade?.asIs, upgrade?.safeguarded);
  const judged = judge(input, differences, found);
  const ran = (role: string, r: Result | undefined) =>
    (r?.experiments ?? []).map(({ name, verdict, outcome, reason }) => {
      return { role, experiment: name, runId: r!.runId, verdict, outcome, reason };
    });
  return {
    schemaVersion: 1,
    id,
    startedAt,
    durationSeconds,
    ...judged,
    from,
    to,
    upgrade: found,
    differences,
    runs: [
      ...sides.flatMap((side) => [...ran('from', side.from), ...ran('to', side.to)]),
      ...ran('upgrade', upgrade?.asIs),
      ...ran('upgrade with the safeguards', upgrade?.safeguarded),
    ],
    notes: notesOf(input, stopped),
  };
}

function findings(asIs: Result | undefined, safeguarded: Result | undefined): UpgradeFinding[] {
  const found = (r: Result, { name: _, facts: __, evidence, ...rest }: CheckResult): Found => ({
    ...rest,
    evidence: { runId: r.runId, lines: evidence },
  });
  return (asIs?.experiments[0]?.checks ?? []).map((check) => {
    const other = safeguarded?.experiments[0]?.checks.find(({ name }) => name === check.name);
    const mended = other === undefined ? null : found(safeguarded!, other);
    return { what: check.name, asIs: found(asIs!, check), safeguarded: mended };
  });
}

function notesOf({ from, to, sides, upgrade }: ValidationInput, stopped: string | undefined): string[] {
  const notes: string[] = [];
  if (stopped !== undefined) notes.push(stopped);
  if (upgrade === undefined && sameGatekeeper(from, to)) {
    notes.push('The gatekeeper is the same on both sides: there was no upgrade of it to watch.');
  } else if (upgrade?.asIs === undefined) notes.push('The upgrade of the gatekeeper itself was not tried.');
  else notes.push(`The gatekeeper was upgraded on Kubernetes ${from.kubernetes}; helm’s hooks were not run.`);
  if (from.kubernetes !== to.kubernetes) {
    notes.push('Both versions of Kubernetes were tried; the upgrade of the control plane itself was not.');
  }
  for (const { experiment, from: a, to: b } of sides) {
    if (a?.experiments[0]?.outcome === 'fell' && b?.experiments[0]?.outcome === 'fell') {
      notes.push(
        `The cluster falls to ${experiment} on both sides: not the upgrade’s doing. Its report says what prevents it.`,
      );
    }
  }
  if (sides.some((s) => s.from?.verdict === 'violated')) {
    notes.push(
      'A run that is violated on the first side too did something else than its experiment expects: read its report.',
    );
  }
  return notes;
}
