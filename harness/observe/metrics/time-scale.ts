// A run has minutes, the incident had hours: every duration of a Prometheus configuration is divided by the time scale.

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
const DURATION = /^(\d+(?:ms|[smhdwy]))+$/;
/** Fields of prometheus.yml and of rules files that hold a duration. */
const FIELDS = new Set([
  'scrape_interval',
  'scrape_timeout',
  'evaluation_interval',
  'rule_query_offset',
  'interval',
  'query_offset',
  'for',
  'keep_firing_for',
]);

/** Quoted texts, and selectors with what is quoted in them. */
const TEXT = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
const LITERALS = new RegExp(String.raw`\{(?:[^}"']|${TEXT})*\}|${TEXT}`, 'g');

/** Seconds of a Prometheus duration such as `1h30m`; undefined when it is none. */
export function secondsOf(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit!]!, 0);
}

/** A Prometheus duration, to the millisecond and never 0. */
export function durationOf(seconds: number): string {
  return `${Math.max(1, Math.round(seconds * 1000))}ms`;
}

/**
 * A PromQL expression with shorter times: in brackets, after `offset`, and the number that an age is compared with
 * (`time() - x > 600`), which is seconds too. Other bare numbers are no times.
 */
export function scaledExpr(expr: string, scale: number): string {
  const shorter = (text: string) => {
    const seconds = secondsOf(text);
    return seconds === undefined || seconds === 0 ? text : durationOf(seconds / scale);
  };
  // Labels and texts hold no times, whatever they look like: they are set aside.
  const aside: string[] = [];
  const bare = expr.replace(LITERALS, (text) => `§${aside.push(text) - 1}§`);
  return bare
    .replace(/\[([^\]]*)\]/g, (_, inside: string) => `[${inside.replace(/\w+/g, shorter)}]`)
    .replace(/\b(offset\s+-?)(\w+)/g, (_, before: string, text: string) => before + shorter(text))
    .replace(
      /(\btime\(\)\s*-[^<>=!]*[<>]=?\s*)(\d+(?:\.\d+)?)/g,
      (_, before: string, n: string) => before + Number((Number(n) / scale).toPrecision(6)),
    )
    .replace(/§(\d+)§/g, (_, i: string) => aside[Number(i)]!);
}

/** A rules file or prometheus.yml, read as YAML, with every duration divided. */
export function scaled(value: unknown, scale: number): unknown {
  if (Array.isArray(value)) return value.map((item) => scaled(item, scale));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (key === 'expr') return [key, scaledExpr(String(field), scale)];
      const seconds = FIELDS.has(key) ? secondsOf(String(field)) : undefined;
      return [key, seconds === undefined || seconds === 0 ? scaled(field, scale) : durationOf(seconds / scale)];
    }),
  );
}
