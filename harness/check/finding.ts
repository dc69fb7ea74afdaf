/** The three values of every verdict. Blind instrumentation is `inconclusive`, never a pass. */
export type Verdict = 'holds' | 'violated' | 'inconclusive';

/** What a checker found in a journal. Checkers are pure: the same journal gives the same finding. */
export interface Finding {
  verdict: Verdict;
  /** The number or state that decided, in SI units. */
  measured?: number | string | boolean;
  /** What it was held against. */
  limit?: number | string | boolean;
  unit?: string;
  /** One sentence in plain words: why this verdict. */
  because: string;
  /** Sequence numbers of the journal lines that show it. */
  evidence: number[];
}

const RANK: Record<Verdict, number> = { holds: 0, inconclusive: 1, violated: 2 };

/** violated > inconclusive > holds; nothing checked is inconclusive. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'inconclusive';
  return verdicts.reduce((worst, v) => (RANK[v] > RANK[worst] ? v : worst));
}
