import type { Verdict } from '../harness/check/finding.ts';
import type { ExperimentResult, Outcome } from './result.ts';

/** What the cluster did, as the rest of a sentence. */
export const DID: Record<Outcome, string> = {
  fell: 'the cluster fell and did not get up by itself',
  limped: 'the cluster was hurt and healed by itself',
  stood: 'the cluster stood',
  unknown: 'what the cluster did is not known',
};

/** What the cluster did; of an experiment that makes no cluster fall and looks at something else, why its verdict is what it is. */
export function did({ outcome, reason }: Pick<ExperimentResult, 'outcome' | 'reason'>): string {
  return outcome === 'unknown' ? reason : DID[outcome];
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** `12345.6789` → `12,345.679`. */
export function grouped(n: number): string {
  return number.format(n);
}

/** `1 pod`, `3,000 pods`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** Seconds as people read them: `0.042 s`, `3.2 s`, `71 s`, `12 min 5 s`, `2 h 3 min`. */
export function duration(seconds: number): string {
  const abs = Math.abs(seconds);
  if (abs < 1) return `${grouped(seconds)} s`;
  if (abs < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(abs);
  const sign = seconds < 0 ? '-' : '';
  if (whole < 600) return `${sign}${whole} s`;
  if (whole < 7200) return `${sign}${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${sign}${grouped(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

export function bytes(n: number): string {
  const mebi = n / 2 ** 20;
  return mebi < 1024 ? `${grouped(Math.round(mebi))} MiB` : `${grouped(Number((mebi / 1024).toFixed(1)))} GiB`;
}

/** A measured value or a limit with its unit: `71 s`, `3,000 pods`, `yes`. */
export function quantity(value: number | string | boolean | undefined, unit: string | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = typeof value === 'number' ? grouped(value) : value;
  return unit === undefined || unit === '' ? text : `${text} ${unit}`;
}

/** With a capital first letter. */
export function capital(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

/** The word before a verdict's sentence: whether the outcome is what the experiment expected. */
export function expectation(verdict: Verdict): string {
  return { holds: 'as expected', violated: 'expectations violated', inconclusive: 'inconclusive' }[verdict];
}

/** `1 violated, 1 inconclusive of 9 checks`, or `all 9 checks hold`; of a matrix that asked for no check, its cells. */
export function tally(experiments: readonly Pick<ExperimentResult, 'checks' | 'cells'>[]): string {
  const checks = experiments.flatMap((e) => e.checks);
  if (checks.length > 0) return count(checks, 'check');
  const cells = experiments.flatMap((e) => e.cells ?? []);
  return cells.length > 0 ? count(cells, 'cell') : 'nothing was checked';
}

function count(judged: readonly { verdict: Verdict }[], what: string): string {
  const of = (verdict: Verdict) => judged.filter((j) => j.verdict === verdict).length;
  if (of('holds') === judged.length)
    return judged.length === 1 ? `the only ${what} holds` : `all ${judged.length} ${what}s hold`;
  const bad = [`${of('violated')} violated`, `${of('inconclusive')} inconclusive`].filter(
    (part) => !part.startsWith('0 '),
  );
  return `${bad.join(', ')} of ${plural(judged.length, what)}`;
}

/** A run that broke says nothing about the cluster: its missing findings are the harness's fault. */
export function broke(experiment: ExperimentResult): boolean {
  const how = experiment.ended?.how;
  return how === 'error' || how === 'deadline' || how === 'interrupted';
}

/** The run's way of breaking in words, e.g. `the run was interrupted: SIGINT`; undefined when it did not break. */
export function breakage(experiment: ExperimentResult): string | undefined {
  if (!broke(experiment) || experiment.ended === undefined) return undefined;
  const { how, reason } = experiment.ended;
  const words =
    how === 'error' ? 'the run broke' : how === 'deadline' ? 'the run met its deadline' : 'the run was interrupted';
  return reason === undefined ? words : `${words}: ${reason}`;
}
