import type { Profile } from '../../clusters/providers/provider.ts';
import type { CellResult, Conclusion, Scalar } from '../../reports/result.ts';
import { EXPOSURE_NAMESPACE } from '../namespaces.ts';
import { recoveryPath } from '../recovery/catalogue.ts';
import { pokeLines } from '../recovery/poke.ts';
import type { JournalView } from './journal-view.ts';
import { plural, secs } from './verdicts.ts';
import { inWords, wayOutTaken } from './way-out.ts';

/** The numbers of one way out, as they stand in result.json; empty when no path was taken. */
export function wayOutValues(view: JournalView): Record<string, Scalar | null> {
  const result = wayOutTaken(view);
  if (result === undefined) return {};
  const { segments, answers } = result;
  const refused = answers.filter(({ code }) => code >= 400);
  return {
    path: result.path,
    poke: result.poke,
    worked: result.worked,
    outcome: result.worked ? 'worked' : 'did not work',
    by: result.by ?? null,
    answers: answers.map(({ actor, code }) => `${actor} ${code}`).join(', '),
    refusal: refused.at(-1)?.message.split('\n')[0] ?? null,
    firstPodSeconds: result.firstPod ?? null,
    gatekeeperReadySeconds: result.gatekeeperReady ?? null,
    enforcingSeconds: result.enforcing ?? null,
    drainedSeconds: result.drained ?? null,
    exposureSeconds: result.exposure,
    violatingPodsAdmitted: result.violating.length,
    violatingPodsLeft: result.left.length,
    violatingPods: result.violating.map(({ ns, name }) => `${ns}/${name}`).join(', '),
    segmentsLost: segments?.lost ?? null,
    segmentsRepeated: segments?.repeated ?? null,
    inWords: inWords(result),
  };
}

const COLUMNS = [
  'Rank',
  'Way out',
  'Worked',
  'By',
  'First pod s',
  'Gatekeeper ready s',
  'Enforcing s',
  'Queue drained s',
  'Exposed s',
  'Slipped in',
  'Still there',
  'Segments lost',
  'Encoded twice',
];

/**
 * Best first: what worked; among these, where the fewest violating pods are left, then where the gate was shut again
 * first. Cells that are inconclusive have no rank. A way that was taken several times stands in the sentences once, with
 * the middle one of its cells: the best of them would be luck.
 */
export function rankWaysOut(cells: readonly CellResult[], profile: Profile): Conclusion {
  const told = cells.filter(({ verdict, values }) => verdict !== 'inconclusive' && values.path !== undefined);
  const worked = told.filter(({ values }) => values.worked === true).sort(better);
  const failed = told.filter(({ values }) => values.worked !== true);
  const ways = middles(told);
  const waysThatWorked = middles(worked);
  const waysThatFailed = middles(failed);
  const [[name, best] = []] = [...waysThatWorked].sort(([, a], [, b]) => better(a, b));
  const eachTime = ways.size < told.length ? ', each time it was taken' : '';
  return {
    lines: [
      best === undefined
        ? 'No way out of those tried worked.'
        : `For the runbook: ${name}, by ${best.values.by}: ${best.values.inWords}.`,
      ...(worked.length > 0 && failed.length > 0
        ? [
            `${waysThatWorked.size} of ${plural(ways.size, 'way')} out worked${eachTime}; these did not: ${[...waysThatFailed.keys()].join(', ')}.`,
          ]
        : []),
      ...exposed(worked),
      ...(told.length < cells.length
        ? [`${plural(cells.length - told.length, 'cell')} inconclusive, without a rank.`]
        : []),
    ],
    tables: [
      { title: 'Ways out, best first', columns: COLUMNS, rows: [...worked, ...failed].map((cell, i) => row(cell, i)) },
      { title: 'Pods of others that slipped in', columns: ['Way out', 'Pods'], rows: worked.flatMap(ofOthers) },
      { title: 'Ways out that did not work, and why', columns: ['Way out', 'Answers', 'Why'], rows: failed.map(why) },
    ].filter(({ rows }) => rows.length > 0),
    ...(best === undefined ? {} : { commands: runbook(best, profile) }),
  };
}

function better(a: CellResult, b: CellResult): number {
  const number = (cell: CellResult, key: string) => Number(cell.values[key] ?? Number.POSITIVE_INFINITY);
  return (
    number(a, 'violatingPodsLeft') - number(b, 'violatingPodsLeft') ||
    number(a, 'enforcingSeconds') - number(b, 'enforcingSeconds')
  );
}

/** Ways out by name, each with the middle one of the cells that took it. */
function middles(cells: readonly CellResult[]): Map<string, CellResult> {
  const taken = Map.groupBy(cells, ({ name, repeats = name }) => repeats);
  const middle = (of: CellResult[]) => of.toSorted(better)[Math.floor(of.length / 2)] as CellResult;
  return new Map([...taken].map(([name, of]) => [name, middle(of)]));
}

function row({ name, values: v }: CellResult, index: number): (Scalar | null)[] {
  const worked = v.worked === true;
  const keys = ['firstPodSeconds', 'gatekeeperReadySeconds', 'enforcingSeconds', 'drainedSeconds', 'exposureSeconds'];
  const counts = ['violatingPodsAdmitted', 'violatingPodsLeft', 'segmentsLost', 'segmentsRepeated'];
  const of = (key: string) => v[key] ?? null;
  const rounded = (key: string) => (typeof v[key] === 'number' ? Math.round(v[key] * 10) / 10 : null);
  return [worked ? index + 1 : null, name, worked, of('by'), ...keys.map(rounded), ...counts.map(of)];
}

function why({ name, values: v }: CellResult): (Scalar | null)[] {
  return [name, v.answers ?? null, v.inWords ?? null];
}

/** What was let in that is not falldown's own probe, by name: somebody has to look after it. */
function ofOthers({ name, values: v }: CellResult): (Scalar | null)[][] {
  const pods = String(v.violatingPods ?? '')
    .split(', ')
    .filter((pod) => pod !== '' && !pod.startsWith(`${EXPOSURE_NAMESPACE}/`));
  return pods.length === 0 ? [] : [[name, pods.join(', ')]];
}

/** What was let in while the gate was open is the price of the way that was taken. */
function exposed(worked: readonly CellResult[]): string[] {
  const [dearest] = worked.toSorted((a, b) => Number(b.values.violatingPodsLeft) - Number(a.values.violatingPodsLeft));
  if (dearest === undefined || Number(dearest.values.violatingPodsLeft) === 0) return [];
  const { violatingPodsLeft: left, exposureSeconds } = dearest.values;
  return [
    `The dearest: ${dearest.name} left the gate open for ${secs(Number(exposureSeconds))}, and ${left} violating pods are still there.`,
  ];
}

function runbook({ values }: CellResult, profile: Profile): NonNullable<Conclusion['commands']> {
  const path = recoveryPath(String(values.path));
  const poke = values.poke === true ? pokeLines(profile) : [];
  return { title: `For the runbook: ${path.describe} (as ${values.by})`, lines: [...path.commands(profile), ...poke] };
}
