import { styleText } from 'node:util';
import { columns, printable, shorten, wrap } from './columns.ts';
import { headline } from './headline.ts';
import { nextCommand } from './next-command.ts';
import type { CheckResult, ExperimentResult, Result } from './result.ts';
import { storyOf } from './story.ts';
import { duration, grouped, quantity, tally } from './words.ts';

export interface ScreenOptions {
  color: boolean;
  /** Columns of the terminal; the screen never uses more than 100. */
  width: number;
  /** The run's folder, as the reader can open it. */
  folder?: string;
}

const MAX_LINES = 24;
const MAX_WIDTH = 100;
const MIN_WIDTH = 20;
/** Lines kept for checks that do not hold, however long the story is. */
const CHECK_LINES = 8;

type Style = 'bold' | 'red' | 'yellow' | 'green' | 'dim';

/** The verdict of a run on one screen: at most 24 lines of 100 columns, with a final newline. */
export function verdictScreen(result: Result, options: ScreenOptions): string {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Math.floor(options.width) || MAX_WIDTH));
  const paint = (style: Style | Style[], line: string) =>
    options.color ? styleText(style, line, { validateStream: false }) : line;
  const tint = ({ holds: 'green', violated: 'red', inconclusive: 'yellow' } as const)[result.verdict];

  const top = wrap(headline(result), width, 2).map((line) => paint(['bold', tint], line));
  const under = wrap(context(result), width, 2).map((line) => paint('dim', line));
  const foot = footer(result, options.folder, width).map((line) => paint('dim', line));
  const room = MAX_LINES - top.length - under.length - foot.length - 3;

  const bad = result.experiments.flatMap((e) => e.checks.filter((c) => c.verdict !== 'holds'));
  const story = storyLines(result, width, bad.length === 0 ? room : room - CHECK_LINES);
  const checks = checkLines(bad, width, room - story.length).map(({ verdict, line }) =>
    paint(verdict === 'violated' ? 'red' : 'yellow', line),
  );
  const parts = [[...top, ...under], story, checks, foot].filter((lines) => lines.length > 0);
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function context(r: Result): string {
  const parts = [
    r.experiments.length === 1 ? `${r.experiments[0]?.name}, profile ${r.experiments[0]?.profile}` : undefined,
    r.cluster === null ? 'no cluster came up' : `Kubernetes ${r.cluster.kubernetesVersion} on ${r.cluster.provider}`,
    r.gatekeeper === null ? undefined : `gatekeeper ${r.gatekeeper.name} ${r.gatekeeper.version}`,
    `${duration(r.durationSeconds)}`,
    tally(r.experiments),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** The sentences of the story within `room` lines; when they are too many, each one gets a single line. */
function storyLines(result: Result, width: number, room: number): string[] {
  const [only, ...others] = result.experiments;
  const said = headline(result);
  const sentences =
    only === undefined || others.length > 0
      ? result.experiments.map(oneLine)
      : [...(only.verdict === 'holds' || said.endsWith(only.reason) ? [] : [only.reason]), ...storyOf(only)];
  const bullets = (most: number) =>
    sentences
      .slice(0, MAX_LINES)
      .flatMap((s) => wrap(s, width - 4, most).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`));
  for (const most of [3, 2, 1]) {
    const lines = bullets(most);
    if (lines.length <= room) return lines;
  }
  return cut(bullets(1), room, sentences.length, 'lines', width);
}

function oneLine(e: ExperimentResult): string {
  return `${e.verdict}, ${e.outcome}: ${e.name}: ${e.reason}`;
}

function checkLines(bad: readonly CheckResult[], width: number, room: number) {
  const worstFirst = bad.toSorted((a, b) => Number(b.verdict === 'violated') - Number(a.verdict === 'violated'));
  const shown = (most: number) =>
    worstFirst.slice(0, MAX_LINES).flatMap((c) => {
      const label = `  ${c.verdict.padEnd(13)}`;
      return wrap(`${c.name}: ${c.because}${numbers(c)}`, width - label.length, most).map((line, i) => ({
        verdict: c.verdict,
        line: `${i === 0 ? label : ' '.repeat(label.length)}${line}`,
      }));
    });
  for (const most of [3, 2, 1]) {
    const lines = shown(most);
    if (lines.length <= room) return lines;
  }
  const lines = shown(1);
  const texts = lines.map(({ line }) => line);
  return cut(texts, room, bad.length, 'checks, in the report', width).map((line, i) => ({
    verdict: lines[i]?.verdict ?? 'inconclusive',
    line,
  }));
}

function numbers(c: CheckResult): string {
  const parts = [
    c.measured === undefined ? undefined : `measured ${quantity(c.measured, c.unit)}`,
    c.limit === undefined ? undefined : `limit ${quantity(c.limit, c.unit)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** One line a thing: what does not fit is counted in the last line. */
function cut(lines: readonly string[], room: number, total: number, what: string, width: number): string[] {
  const kept = lines.slice(0, Math.max(0, room - 1));
  return [...kept, shorten(`  … and ${grouped(total - kept.length)} more ${what}`, width)];
}

function footer(result: Result, folder: string | undefined, width: number): string[] {
  const where = folder === undefined ? `  run     ${printable(result.runId)}` : `  report  ${printable(folder)}`;
  const { command, inWords } = nextCommand(result);
  // A command that is cut or cleaned must not be pasted, so it is not shown.
  const whole = columns(`  next    ${command}`) <= width && printable(command) === command;
  return [where, `  next    ${whole ? command : inWords}`].map((line) => shorten(line, width));
}
