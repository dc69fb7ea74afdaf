import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';

type Measured = Pick<Finding, 'measured' | 'limit' | 'unit'>;

export function holds(because: string, evidence: readonly number[], measured: Measured = {}): Finding {
  return { verdict: 'holds', because, evidence: tidy(evidence), ...rounded(measured) };
}

export function violated(because: string, evidence: readonly number[], measured: Measured = {}): Finding {
  return { verdict: 'violated', because, evidence: tidy(evidence), ...rounded(measured) };
}

export function inconclusive(because: string, evidence: readonly number[] = [], measured: Measured = {}): Finding {
  return { verdict: 'inconclusive', because, evidence: tidy(evidence), ...rounded(measured) };
}

/** The finding for a mark that the method never set, with the reason that the run gave for ending early. */
export function neverReached(view: JournalView, mark: string, evidence: readonly number[] = []): Finding {
  const failed = view.phases.find((p) => p.ok === false);
  const why = failed?.reason ?? view.ended?.reason;
  const tail = why === undefined ? '' : ` (${failed === undefined ? 'the run ended' : failed.phase}: ${why})`;
  return inconclusive(`the run never reached "${mark}"${tail}`, evidence);
}

/** `3 pods (a, b, c)`: the count, and the first few names. */
export function few(names: readonly (string | number)[], most = 5): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return names.slice(0, most).join(', ') + more;
}

/** `1 pod`, `2 pods`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Seconds as people read them. */
export function secs(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

/** To the millisecond: more digits are noise of the clock and of floating point. */
export function toMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function rounded(m: Measured): Measured {
  return typeof m.measured === 'number' ? { ...m, measured: toMs(m.measured) } : m;
}

function tidy(evidence: readonly number[]): number[] {
  return [...new Set(evidence)].sort((a, b) => a - b);
}
