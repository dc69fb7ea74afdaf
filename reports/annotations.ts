import type { CheckResult, Result } from './result.ts';
import { quantity } from './words.ts';

/** GitHub shows ten of each kind for one step, and drops the others without a word. */
const MOST = 10;

/**
 * What does not hold, as workflow commands of GitHub Actions (`::error title=…::…`), which become annotations: an error
 * for each violated check, a warning for each that is inconclusive, ten of each at most, the last one counting the rest.
 */
export function annotations(result: Result): string {
  const judged = result.experiments.flatMap((e) => [
    e,
    ...(e.cells ?? []).map((cell) => ({ ...cell, name: `${e.name}, cell ${cell.name}` })),
  ]);
  const found = judged.flatMap((e) => e.checks.map((check) => ({ check, experiment: e.name })));
  const broken = judged.flatMap((e) =>
    e.verdict === 'inconclusive' && e.checks.every((c) => c.verdict === 'holds')
      ? [command('warning', `${e.name}: inconclusive`, e.reason)]
      : [],
  );
  const of = (verdict: CheckResult['verdict']) => found.filter(({ check }) => check.verdict === verdict);
  const lines = [
    ...capped('error', of('violated').map(told), result.runId),
    ...capped('warning', [...broken, ...of('inconclusive').map(told)], result.runId),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function told({ check, experiment }: { check: CheckResult; experiment: string }): string {
  const { verdict, name, because, measured, limit, unit } = check;
  const numbers = [
    measured === undefined ? '' : `measured ${quantity(measured, unit)}`,
    limit === undefined ? '' : `limit ${quantity(limit, unit)}`,
  ].filter(Boolean);
  const tail = numbers.length === 0 ? '' : ` (${numbers.join(', ')})`;
  return command(verdict === 'violated' ? 'error' : 'warning', `${experiment}: ${name}`, `${because}${tail}`);
}

function capped(kind: 'error' | 'warning', lines: readonly string[], runId: string): string[] {
  if (lines.length <= MOST) return [...lines];
  const more = lines.length - MOST + 1;
  return [
    ...lines.slice(0, MOST - 1),
    command(kind, `${more} more`, `${more} more checks are like this in run ${runId}`),
  ];
}

/** Escaped as the runner reads it: a name or message from a cluster can neither end the line nor start a command. */
function command(kind: 'error' | 'warning', title: string, message: string): string {
  const data = (text: string) =>
    text
      .slice(0, 4000)
      .replaceAll('%', '%25')
      .replaceAll('\r', '%0D')
      .replaceAll(/[\n\u0085\u2028\u2029]/g, '%0A');
  return `::${kind} title=${data(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${data(message)}`;
}
