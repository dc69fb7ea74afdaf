import { lessonsOf } from './lessons.ts';
import { codeBlock, link, Page, plain } from './markdown.ts';
import { describeMatrix } from './matrix.ts';
import { measureRows } from './measures.ts';
import { reproduce } from './next-command.ts';
import type { ApiClassMeasure, ExperimentResult, Result } from './result.ts';
import { signed, storyOf } from './story.ts';
import { breakage, capital, did, duration, expectation, quantity, tally } from './words.ts';

export interface SummaryOptions {
  /** Label → address, e.g. `{ 'Full report': 'https://…/report.html' }`. */
  links?: Record<string, string>;
}

/** GitHub drops a step summary over 1 MiB whole; other steps of the job need some of it too. */
const LIMIT_BYTES = 1_000_000;
const EVIDENCE_SHOWN = 10;

/** A run as Markdown for GitHub's step summary: first the verdict in a sentence, then what an engineer looks up. */
export function summaryMarkdown(result: Result, options: SummaryOptions = {}): string {
  const tail = ['', '## How to reproduce', '', codeBlock(shortened(reproduce(result)), 'sh'), '', provenance(result)];
  const page = new Page(LIMIT_BYTES, tail);
  page.add(`# falldown: ${result.verdict}`, '', `**${plain(verdictSentence(result))}**`);
  const links = Object.entries(options.links ?? {}).map(([label, href]) => link(label, href));
  if (links.length > 0) page.add('', links.join(' · '));
  page.table('## Experiments', ['Experiment', 'The cluster', 'Verdict', 'Why'], result.experiments, (e) => [
    plain(e.title),
    e.outcome,
    e.verdict,
    plain(e.reason),
  ]);
  page.add(
    '',
    '`verdict` is about what the experiment expected; the cluster itself fell, limped (hurt, but healed) or stood.',
  );
  for (const experiment of result.experiments) {
    if (page.full) break;
    describe(page, result, experiment);
  }
  return page.toString();
}

/** The verdict of a run in one sentence, e.g. `As expected, the cluster fell and did not get up by itself: all 9 checks hold.` */
export function verdictSentence(result: Result): string {
  const [only, ...others] = result.experiments;
  const checks = tally(result.experiments);
  if (only === undefined) return 'Inconclusive: no experiment ran.';
  if (others.length > 0) return `${result.experiments.length} experiments, ${result.verdict}: ${checks}.`;
  if (result.verdict === 'inconclusive')
    return `Inconclusive: ${breakage(only) ?? only.reason}`.replace(/[^.]$/, '$&.');
  const words = capital(expectation(result.verdict));
  // Why it holds is that all checks do.
  if (only.outcome === 'unknown' && result.verdict === 'holds') return `${words}: ${checks}.`;
  return `${words}: ${did(only)}; ${checks}.`;
}

function describe(page: Page, result: Result, e: ExperimentResult): void {
  page.add('', `## ${plain(e.title)}`, '', `${facts(e.facts)}profile ${plain(e.profile)}, experiment ${plain(e.name)}`);
  const broken = breakage(e);
  if (broken !== undefined) page.add('', `**${plain(broken)}.** What needed the rest of it is inconclusive.`);
  const story = storyOf(e);
  if (story.length > 0) page.add('', '### What happened', '', ...story.map((line) => `- ${plain(line, 600)}`));
  describeMatrix(page, e);
  page.table(
    '### Checks',
    ['Check', 'Verdict', 'Measured', 'Limit', 'Because', 'Journal lines'],
    worstFirst(e),
    (c) => [
      `${plain(c.name)}${c.facts.length > 0 ? ` (${plain(c.facts.join(', '))})` : ''}`,
      c.verdict === 'holds' ? 'holds' : `**${c.verdict}**`,
      plain(quantity(c.measured, c.unit)),
      plain(quantity(c.limit, c.unit)),
      plain(c.because),
      evidence(c.evidence),
    ],
  );
  page.table('### Phases', ['Phase', 'Began at', 'Took', 'Ended'], e.phases, (p) => [
    plain(p.title),
    signed(p.startSeconds),
    duration(p.durationSeconds),
    p.ok ? 'as planned' : `**not as planned**${p.reason === undefined ? '' : `: ${plain(p.reason)}`}`,
  ]);
  page.table(
    '### The way out, from the deletion of the rules',
    ['Step', 'After'],
    e.measures.unwinding,
    (u) => [plain(u.step), signed(u.seconds)],
    50,
  );
  exposure(page, e);
  page.table('### Measures', ['Measure', 'Value'], measureRows(e.measures), (pair) => pair);
  page.table('### API as a user sees it', ['Requests', ...API_COLUMNS], Object.entries(e.measures.api), ([name, a]) => [
    plain(name),
    ...apiCells(a),
  ]);
  const byPhase = Object.entries(e.measures.apiByPhase);
  page.table(
    '### API as a user sees it, per phase',
    ['Phase', 'Requests', ...API_COLUMNS],
    byPhase.flatMap(([phase, classes]) => Object.entries(classes).map(([name, a]) => ({ phase, name, a }))),
    ({ phase, name, a }) => [plain(phase), plain(name), ...apiCells(a)],
    300,
  );
  page.table('### What this cluster still has', ['Lesson', 'State', 'Because'], lessonsOf(result, e), (l) => [
    l.lesson,
    l.state === 'still there' ? `**${l.state}**` : l.state,
    plain(l.because),
  ]);
}

const API_COLUMNS = ['Count', 'Failed', 'Timed out', 'p50', 'p95', 'p99', 'Slowest'];

function apiCells(a: ApiClassMeasure): string[] {
  const latencies = [a.p50, a.p95, a.p99, a.max].map((seconds) => (seconds === null ? '' : duration(seconds)));
  return [quantity(a.count, ''), quantity(a.errors, ''), quantity(a.timeouts, ''), ...latencies];
}

/** While the rules are gone anything slips through (F15); what is still there afterwards needs somebody to look at it. */
function exposure(page: Page, { measures: m }: ExperimentResult): void {
  page.table(
    '### Exposure',
    ['Nothing enforced for', 'Violating pods admitted', 'Still there'],
    m.exposureSeconds === null ? [] : [m.exposureSeconds],
    (seconds) => [
      duration(seconds),
      ...[m.violatingPodsAdmitted, m.violatingPodsLeft].map((n) => quantity(n ?? 'not measured', '')),
    ],
  );
}

/** A long list is cut at its end, where nothing that failed may be. */
function worstFirst(e: ExperimentResult): ExperimentResult['checks'] {
  const rank = { violated: 0, inconclusive: 1, holds: 2 };
  return e.checks.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
}

function evidence(seqs: readonly number[]): string {
  const more = seqs.length - EVIDENCE_SHOWN;
  return `${seqs.slice(0, EVIDENCE_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function facts(list: readonly string[]): string {
  return list.length === 0 ? '' : `Facts ${plain(list.join(', '))} of the incident; `;
}

function shortened(command: string): string {
  const line = command.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ');
  return line.length > 4000 ? `${line.slice(0, 4000)} …` : line;
}

function provenance(r: Result): string {
  const parts = [
    `run ${r.runId}, ${r.startedAt}, took ${duration(r.durationSeconds)}`,
    `falldown ${r.falldown.version} (${r.falldown.commit}${r.falldown.dirty ? ', with local changes' : ''})`,
    r.cluster === null
      ? 'no cluster came up'
      : `Kubernetes ${r.cluster.kubernetesVersion} on ${r.cluster.provider}, nodes: ${r.cluster.nodes} real, ${r.cluster.fakeNodes} simulated`,
    r.gatekeeper === null ? 'no gatekeeper' : `${r.gatekeeper.name} ${r.gatekeeper.version}`,
    `${r.host.cores} cores`,
  ];
  return `${plain(parts.join('; '), 1000)}.`;
}
