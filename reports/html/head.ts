import { headline } from '../headline.ts';
import { reproduce } from '../next-command.ts';
import type { ExperimentResult, Result } from '../result.ts';
import { DID, duration, grouped, tally } from '../words.ts';
import type { PageParts } from './page.ts';
import { type Html, html, NOTHING } from './template.ts';

const LONGEST = 200;
const TONE = { holds: 'good', violated: 'bad', inconclusive: 'unsure' } as const;

/** A cluster that falls as expected is good news for the experiment, and bad news all the same. */
const OUTCOME_TONE = { fell: 'bad', limped: 'unsure', stood: 'good', unknown: 'good' } as const;

export function toneOf({ verdict, experiments }: Result): PageParts['tone'] {
  const [only, ...others] = experiments;
  return verdict === 'holds' && only !== undefined && others.length === 0 ? OUTCOME_TONE[only.outcome] : TONE[verdict];
}

/** The verdict in a sentence, what was run on what, and the few numbers that matter. */
export function head(result: Result): Html {
  // The reason of a run that broke is a whole error; what failed is its first line.
  const [first = ''] = headline(result).split('\n');
  const [word, ...sentence] = shortened(first).split(/(?<=^[A-Z]+)(?=\W)/);
  const [only] = result.experiments;
  return html`<p class="brand"><span>falldown</span> ${only === undefined ? result.runId : only.title}</p>
<h1><span class="word">${word}</span>${sentence}</h1>
${only !== undefined && meaning(only)}<p class="context">${context(result)}</p>
${only !== undefined && keyFigures(only)}`;
}

function shortened(line: string): string {
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST).replace(/\s\S*$/, '')} …`;
}

/** What a verdict means for the cluster, where that is not plain: to stand against expectation is good news. */
function meaning({ verdict, outcome }: ExperimentResult): Html | undefined {
  const meanings: Record<string, string> = {
    'violated stood':
      'The experiment expects the cluster to fall, and it stood. For a cluster with safeguards that is good news.',
    'violated limped': 'The experiment expects the cluster to stay down, and it healed by itself.',
    'violated fell': 'The cluster fell, but not in every way that the experiment expects.',
    'holds limped': 'It was hurt, and healed once its cause was gone, as this experiment expects.',
    'inconclusive unknown': 'Nothing can be said about the cluster: this run did not get far enough, or could not see.',
  };
  const text = meanings[`${verdict} ${outcome}`];
  return text === undefined ? undefined : html`<p class="meaning">${text}</p>\n`;
}

function context(r: Result): string {
  const [only] = r.experiments;
  return [
    only === undefined ? undefined : `${only.name}, profile ${only.profile}`,
    r.cluster === null ? 'no cluster came up' : `Kubernetes ${r.cluster.kubernetesVersion} on ${r.cluster.provider}`,
    r.gatekeeper === null ? undefined : `${r.gatekeeper.name} ${r.gatekeeper.version}`,
    `${r.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${duration(r.durationSeconds)}`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function keyFigures({ checks, measures: m, outcome }: ExperimentResult): Html {
  const all: [name: string, value: string | undefined, more?: string | undefined][] = [
    [
      'Checks',
      checks.length === 0 ? undefined : `${checks.filter((c) => c.verdict === 'holds').length} of ${checks.length}`,
      tally([{ checks }]),
    ],
    ['No gatekeeper for', time(m.gatekeeperOutageSeconds), outcome === 'unknown' ? undefined : DID[outcome]],
    [
      'Refused',
      m.refusedRequests === null ? undefined : grouped(m.refusedRequests),
      'requests that no gatekeeper answered',
    ],
    [
      'Nothing enforced for',
      time(m.exposureSeconds),
      m.violatingPodsAdmitted === null ? undefined : `${grouped(m.violatingPodsAdmitted)} forbidden pods got in`,
    ],
    ['Recovered in', time(m.timeToRecoverSeconds), 'from the first attempt to enforcement'],
    [
      'Encoded',
      m.podsSucceeded === null ? undefined : grouped(m.podsSucceeded),
      m.podsRequested === null ? undefined : `of ${grouped(m.podsRequested)} segments`,
    ],
  ];
  const shown = all.filter(([, value]) => value !== undefined);
  if (shown.length === 0) return NOTHING;
  return html`<dl class="figures">
${shown.map(([name, value, more]) => html`<div><dt>${name}</dt><dd>${value}${more !== undefined && html` <span>${more}</span>`}</dd></div>\n`)}</dl>`;
}

function time(seconds: number | null): string | undefined {
  return seconds === null ? undefined : duration(seconds);
}

/** Where it comes from and how to see it again. */
export function foot(r: Result): Html {
  const real =
    r.cluster === null ? '' : `, ${grouped(r.cluster.nodes)} real and ${grouped(r.cluster.fakeNodes)} simulated nodes`;
  return html`<h2>How to reproduce</h2>
<pre tabindex="0" aria-label="Command line"><code>${reproduce(r).slice(0, 4000)}</code></pre>
<p>Run ${r.runId}, seed ${r.seed}, falldown ${r.falldown.version} (${r.falldown.commit}${r.falldown.dirty && ', with local changes'}), ${grouped(r.host.cores)} cores${real}. All of it is in <code>result.json</code> and <code>journal.ndjson</code> beside this file.</p>`;
}
