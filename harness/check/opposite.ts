import type { Finding } from './finding.ts';

/** The same finding for an experiment that expects a limit to break. What nobody could see stays unseen. */
export function opposite(finding: Finding): Finding {
  const turned = { holds: 'violated', violated: 'holds', inconclusive: 'inconclusive' } as const;
  return { ...finding, verdict: turned[finding.verdict] };
}
