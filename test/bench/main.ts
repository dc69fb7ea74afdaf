import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { table } from '../../harness/cli/output.ts';
import { type Claim, measure, type Outcome } from './claim.ts';

const USAGE = `npm run bench -- [claim…] [--runs N] [-o json]

Measures what falldown claims of its own speed: each side in turns, and their ratio. One claim a file: *.bench.ts.
Exit code 1 when a claim does not hold. Run it on a machine with nothing else to do.`;

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'string', short: 'o', default: 'human' },
    runs: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);
/** SIGINT or SIGTERM: what is open is closed, then the process ends as the signal says. */
const interrupted = new AbortController();
let exitCode = 0;
for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(name, () => {
    if (interrupted.signal.aborted) process.exit(code);
    say(`${name}: cleaning up; again to leave at once`);
    exitCode = code;
    interrupted.abort(new Error(`interrupted by ${name}`));
  });
}
const runs = flags.runs === undefined ? undefined : Number(flags.runs);

async function claims(): Promise<Claim[]> {
  const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.bench.ts')).sort();
  const found: Claim[] = [];
  for (const file of files) found.push(((await import(`./${file}`)) as { claim: Claim }).claim);
  return found;
}

async function main(): Promise<number> {
  if (flags.help === true) {
    say(USAGE);
    return 0;
  }
  const all = await claims();
  const unknown = names.filter((name) => !all.some((claim) => claim.name === name));
  if (unknown.length > 0 || Number.isNaN(runs)) {
    say(`no claim ${unknown.join(', ')}; there are: ${all.map(({ name }) => name).join(', ')}\n\n${USAGE}`);
    return 2;
  }
  const wanted = all.filter(({ name }) => names.length === 0 || names.includes(name));
  if (flags.list === true) {
    process.stdout.write(
      `${table(
        ['NAME', 'CLAIM'],
        wanted.map(({ name, says }) => [name, says]),
      )}\n`,
    );
    return 0;
  }
  const outcomes: Outcome[] = [];
  for (const claim of wanted) {
    const missing = await claim.missing?.();
    if (missing === undefined) outcomes.push(await measure(claim, say, runs, interrupted.signal));
    else say(`${claim.name}: not measured: ${missing}`);
  }
  if (flags.output === 'json') process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  else process.stdout.write(`${table(['CLAIM', 'OURS', 'THEIRS', 'RATIO', 'ALLOWED', ''], outcomes.map(row))}\n`);
  return outcomes.every(({ holds }) => holds) ? 0 : 1;
}

function row({ name, ours, theirs, unit, ratio, error, ratioAsMeasured, limit, holds }: Outcome): string[] {
  const side = ({ typical, what }: Outcome['ours']) => `${typical.toFixed(2)} ${unit} (${what})`;
  const allowed =
    'atMost' in limit
      ? `≤ ${limit.atMost}`
      : 'atLeast' in limit
        ? `≥ ${limit.atLeast}`
        : `± ${limit.within * 100} % or ${limit.orUnits} ${unit}`;
  const shown = [
    ratio.toFixed(3),
    ...(error === undefined ? [] : [`± ${error.toFixed(3)}`]),
    ...(ratioAsMeasured === undefined ? [] : [`(as measured ${ratioAsMeasured.toFixed(3)})`]),
  ];
  return [name, side(ours), side(theirs), shown.join(' '), allowed, holds ? 'holds' : 'DOES NOT HOLD'];
}

process.exitCode = await main().catch((error: unknown) => {
  if (!interrupted.signal.aborted) throw error;
  return exitCode;
});
