import type { Finding } from './finding.ts';

/** What a check gathered while its body ran. */
interface Collector {
  findings: Finding[];
  /** Plain chai assertions, which count too: a check that asserts nothing proves nothing. */
  assertions: number;
}

export interface Collected extends Collector {
  /** What the body threw; undefined when it came to its end. */
  error: unknown;
}

/** Thrown by a word whose finding is inconclusive: the check can go no further. */
export class InconclusiveError extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.because);
    this.name = 'InconclusiveError';
    this.finding = finding;
  }
}

let current: Collector | undefined;

/** Runs a check's body and gathers what its words found. The body is synchronous, as checks read a finished journal. */
export function collectFindings(body: () => unknown): Collected {
  const outer = current;
  const mine: Collector = { findings: [], assertions: 0 };
  current = mine;
  let error: unknown;
  try {
    const result = body();
    if (result instanceof Promise) {
      // What it rejects with is of no interest: the check is wrong already.
      result.catch(() => undefined);
      throw new TypeError('a check must be synchronous, this one returned a promise');
    }
  } catch (thrown) {
    error = thrown ?? new Error('the check threw nothing');
  } finally {
    current = outer;
  }
  return { ...mine, error };
}

export function recordFinding(finding: Finding): void {
  current?.findings.push(finding);
}

export function recordAssertion(): void {
  if (current !== undefined) current.assertions++;
}
