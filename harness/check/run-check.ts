import type { CheckResult } from '../../reports/result.ts';
import { reasonOf } from '../errors.ts';
import { type Collected, collectFindings, InconclusiveError } from './collect.ts';
import { type Finding, mergeVerdicts } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { lostNode } from './lost-node.ts';
import { inconclusive, violated } from './verdicts.ts';

export type CheckBody = (journal: JournalView) => void;

/**
 * Runs one check of an experiment on a journal and never throws. A failed assertion is a violation; any other throw is
 * a fault of the check and inconclusive, as is a check that asserted nothing, and a violation after a node was lost.
 */
export function runCheck(name: string, facts: readonly string[], body: CheckBody, view: JournalView): CheckResult {
  const collected = collectFindings(() => body(view));
  const findings = [...collected.findings, ...thrown(collected)];
  return { name, facts: [...facts], ...undisturbed(merge(findings, collected.assertions), view) };
}

/** A violation in a cluster that lost a node says nothing about what the experiment did. */
function undisturbed(finding: Finding, view: JournalView): Finding {
  const lost = finding.verdict === 'violated' ? lostNode(view) : undefined;
  if (lost === undefined) return finding;
  const evidence = [...lost.evidence, ...finding.evidence];
  return {
    ...finding,
    ...inconclusive(`${lost.because}, which was not part of it; seen: ${finding.because}`, evidence),
  };
}

/** The finding in what a body threw, unless the word that threw it has handed it in already. */
function thrown({ error, findings }: Collected): Finding[] {
  if (error === undefined) return [];
  if (error instanceof InconclusiveError) return findings.includes(error.finding) ? [] : [error.finding];
  if (!isAssertion(error)) return [inconclusive(`the check itself failed: ${reasonOf(error)}`)];
  const known = findings.some((f) => f.verdict === 'violated' && f.because === error.message);
  return known ? [] : [violated(error.message, [])];
}

/** By name, as an experiment may bring a chai of its own, or node:assert. */
function isAssertion(error: unknown): error is Error {
  return (
    error instanceof Error && (error.name === 'AssertionError' || ('code' in error && error.code === 'ERR_ASSERTION'))
  );
}

function merge(findings: readonly Finding[], assertions: number): Finding {
  if (findings.length === 0) {
    if (assertions === 0) return inconclusive('the check asserted nothing');
    return { verdict: 'holds', because: `all ${assertions} plain assertions passed`, evidence: [] };
  }
  const verdict = mergeVerdicts(findings.map((f) => f.verdict));
  const deciding = findings.filter((f) => f.verdict === verdict);
  return {
    ...deciding[0]!,
    because: deciding.map((f) => f.because).join('; '),
    evidence: [...new Set(deciding.flatMap((f) => f.evidence))].sort((a, b) => a - b),
  };
}
