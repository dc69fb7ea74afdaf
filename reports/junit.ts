import type { CellResult, CheckResult, ExperimentResult, Result } from './result.ts';
import { breakage, broke, quantity } from './words.ts';

interface TestCase {
  name: string;
  /** `none` is a pass. */
  problem: 'none' | 'failure' | 'error' | 'skipped';
  message: string;
  body: string;
}

/**
 * JUnit XML: a suite per experiment, a case per check. failure = an expectation was violated, error = the harness broke,
 * skipped = inconclusive. Checks read a journal after the run, so times stand on the suites alone.
 */
export function junitXml(result: Result): string {
  const suites = result.experiments.map((e) => ({ e, cases: casesOf(e) }));
  const empty = suites.length === 0 ? suite(result, undefined, [nothingRan()]) : [];
  const all = suites.length === 0 ? [nothingRan()] : suites.flatMap((s) => s.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="falldown"${counts(all)} time="${seconds(result.durationSeconds)}">`,
    ...empty,
    ...suites.flatMap(({ e, cases }) => suite(result, e, cases)),
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(e: ExperimentResult): TestCase[] {
  const cases = [...e.checks.map((c) => caseOf(c, e)), ...(e.cells ?? []).map((cell) => cellCase(cell))];
  // A run that broke before its checks, or whose steady state did not hold, must not look like a pass.
  const hidden = e.verdict !== 'holds' && cases.every((c) => c.problem === 'none');
  if (cases.length > 0 && !hidden) return cases;
  const problem = broke(e) ? 'error' : e.verdict === 'violated' ? 'failure' : 'skipped';
  return [...cases, { name: 'run', problem, message: breakage(e) ?? e.reason, body: e.reason }];
}

function caseOf(c: CheckResult, e: ExperimentResult): TestCase {
  const problem =
    c.verdict === 'holds' ? 'none' : c.verdict === 'violated' ? 'failure' : broke(e) ? 'error' : 'skipped';
  const body = [
    c.because,
    `measured: ${quantity(c.measured, c.unit) || 'nothing'}`,
    `limit: ${quantity(c.limit, c.unit) || 'none'}`,
    `journal lines: ${c.evidence.join(', ') || 'none'}`,
  ].join('\n');
  const message = problem === 'error' ? `${breakage(e)}; ${c.because}` : c.because;
  return { name: c.name, problem, message, body };
}

/** A cell of a matrix is a case of its own; one that broke is a fault of the harness. */
function cellCase(cell: CellResult): TestCase {
  const broken = cell.ended?.how === 'error';
  const problem =
    cell.verdict === 'holds' ? 'none' : cell.verdict === 'violated' ? 'failure' : broken ? 'error' : 'skipped';
  const body = [cell.title, cell.reason, ...cell.checks.map((c) => `${c.verdict}: ${c.name}: ${c.because}`)].join('\n');
  return { name: `cell ${cell.name}`, problem, message: cell.reason, body };
}

function nothingRan(): TestCase {
  return { name: 'run', problem: 'error', message: 'no experiment ran', body: 'no experiment ran' };
}

function suite(result: Result, e: ExperimentResult | undefined, cases: readonly TestCase[]): string[] {
  const name = e?.name ?? 'falldown';
  const time = e === undefined ? result.durationSeconds : e.phases.reduce((sum, p) => sum + p.durationSeconds, 0);
  const timestamp = e?.phases[0]?.startedAt ?? result.startedAt;
  return [
    `  <testsuite name="${attribute(name)}"${counts(cases)} time="${seconds(time)}" timestamp="${attribute(timestamp)}">`,
    '    <properties>',
    ...properties(result, e).map(
      ([key, value]) => `      <property name="${attribute(key)}" value="${attribute(String(value))}"/>`,
    ),
    '    </properties>',
    ...cases.map((c) => testCase(name, c)),
    '  </testsuite>',
  ];
}

function properties(r: Result, e: ExperimentResult | undefined): [string, string | number | boolean][] {
  return [
    ['run.id', r.runId],
    ['seed', r.seed],
    ['falldown.version', r.falldown.version],
    ['falldown.commit', r.falldown.commit],
    ['falldown.dirty', r.falldown.dirty],
    ...(r.cluster === null
      ? []
      : ([
          ['cluster.provider', r.cluster.provider],
          ['kubernetes.version', r.cluster.kubernetesVersion],
        ] satisfies [string, string][])),
    ...(r.gatekeeper === null
      ? []
      : ([
          ['gatekeeper.name', r.gatekeeper.name],
          ['gatekeeper.version', r.gatekeeper.version],
        ] satisfies [string, string][])),
    ...(e === undefined
      ? []
      : ([
          ['profile', e.profile],
          ['facts', e.facts.join(' ')],
          ['outcome', e.outcome],
        ] satisfies [string, string][])),
  ];
}

function testCase(suiteName: string, c: TestCase): string {
  const open = `    <testcase classname="falldown.${attribute(suiteName)}" name="${attribute(c.name)}"`;
  if (c.problem === 'none') return `${open}/>`;
  if (c.problem === 'skipped') return `${open}><skipped message="${attribute(c.message)}"/></testcase>`;
  const type = c.problem === 'failure' ? 'violated' : 'harness';
  const message = attribute(c.message);
  return `${open}><${c.problem} type="${type}" message="${message}">${escaped(c.body)}</${c.problem}></testcase>`;
}

function counts(cases: readonly TestCase[]): string {
  const of = (problem: TestCase['problem']) => cases.filter((c) => c.problem === problem).length;
  return ` tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`;
}

function seconds(n: number): string {
  return n.toFixed(3);
}

/** Line breaks as references: a parser turns raw ones in an attribute into spaces. */
function attribute(text: string): string {
  return escaped(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}

/** XML 1.0 has no way to write most control characters and lone surrogates, not even as references. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
