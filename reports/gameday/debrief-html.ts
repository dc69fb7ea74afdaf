import { asset } from '../html/assets.ts';
import { lanes } from '../html/charts/lanes.ts';
import { timeScale } from '../html/charts/scale.ts';
import { timelineCharts } from '../html/charts/timeline-charts.ts';
import { type PageSection, page, table } from '../html/page.ts';
import { type Html, html } from '../html/template.ts';
import { capital, duration, grouped } from '../words.ts';
import { headlineOf, pointsOf, timeOf } from './card-words.ts';
import type { Picture, Scorecard } from './scorecard.ts';

const TONE = { recovered: 'good', 'not-recovered': 'bad', inconclusive: 'unsure' } as const;
/** Lines of a timeline that a person reads; a crew with a script may make thousands. */
const LINES = 1500;

/** The debrief: one file, whole in itself, without network. It tells what happened, not who is to blame. */
export function debriefHtml(card: Scorecard, picture?: Picture): string {
  const sections: PageSection[] = [
    score(card),
    charts(picture),
    turns(card),
    dashboards(card),
    timeline(card),
    questions(card),
  ].filter((section) => section !== undefined);
  return page({
    title: `${card.title}: ${headlineOf(card)}`,
    tone: TONE[card.verdict],
    head: head(card),
    sections,
    foot: html`<p>Session ${card.sessionId}, seed ${card.seed}, profile ${card.profile}${card.cluster !== null && `, Kubernetes ${card.cluster.kubernetesVersion} on ${card.cluster.provider}, ${card.cluster.gatekeeper}`}. All of it is in <code>scorecard.json</code> and <code>journal.ndjson</code> beside this file.</p>`,
    style: `${asset('base.css')}\n${asset('sections.css')}\n${asset('charts.css')}`,
    script: '',
  });
}

function head(card: Scorecard): Html {
  const [word, ...rest] = headlineOf(card).split(/(?=: )/);
  const figures: [string, string, string][] = [
    [
      'Points',
      `${grouped(card.points)}`,
      `of ${card.outOf}${card.hints.length > 0 ? `, less ${card.hints.reduce((sum, h) => sum + h.price, 0)} for hints` : ''}`,
    ],
    ...card.parts
      .slice(0, 4)
      .map((p): [string, string, string] => [
        p.title,
        p.points === null ? 'not known' : timeOf(p),
        'from the first refusal',
      ]),
    ['Wrong turns', card.wrongTurns === null ? 'not known' : String(card.wrongTurns.length), 'refused, or no help'],
    ['Slipped in', card.exposure.admitted === null ? 'not known' : grouped(card.exposure.admitted), 'forbidden pods'],
  ];
  return html`<p class="brand"><span>falldown</span> game day: ${card.title}</p>
<h1><span class="word">${word}</span>${rest}</h1>
<p class="context">${card.scenario} · ${card.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${duration(card.durationSeconds)}${card.pausedSeconds > 0 && `, ${duration(card.pausedSeconds)} of them paused`} · ${capital(card.because)}</p>
<dl class="figures">
${figures.map(([name, value, more]) => html`<div><dt>${name}</dt><dd>${value} <span>${more}</span></dd></div>\n`)}</dl>`;
}

function score(card: Scorecard): PageSection {
  const rows = card.parts.map((p) => [p.title, timeOf(p), pointsOf(p), p.because, p.evidence.slice(0, 8).join(' ')]);
  const hints = card.hints.map((h) => [duration(h.t), h.by, h.text, h.price]);
  const guesses = card.guesses.map((g) => [duration(g.t), g.by, g.text, g.right ? 'yes' : 'no']);
  return {
    id: 'score',
    title: 'Score',
    body: html`<p>The cause: ${card.cause.text}.${card.falseAlarms > 0 && ` There were ${card.falseAlarms} alarms before anything was wrong.`}</p>
${table('What each part came to', [{ name: 'Part' }, { name: 'Time', numeric: true }, { name: 'Points', numeric: true }, { name: 'Why' }, { name: 'Journal lines' }], rows)}
${guesses.length > 0 && table('What was thought to be the cause', [{ name: 'After', numeric: true }, { name: 'Role' }, { name: 'Cause' }, { name: 'Right' }], guesses)}
${hints.length > 0 && table('Hints', [{ name: 'After', numeric: true }, { name: 'Role' }, { name: 'Hint' }, { name: 'Price', numeric: true }], hints)}`,
  };
}

function charts(picture: Picture | undefined): PageSection | undefined {
  if (picture === undefined) return undefined;
  const { timeline: t, measures, startedSeconds } = picture;
  const time = timeScale(t.end);
  return {
    id: 'charts',
    title: 'What the cluster did',
    body: html`<p>The crew took over after ${duration(startedSeconds)}; before that the cluster was prepared.</p>
${lanes([], t.windows, time)}
${timelineCharts(t, measures, time)}`,
  };
}

function turns({ wrongTurns, requests }: Scorecard): PageSection {
  const title = 'Wrong turns';
  if (wrongTurns === null || requests === null) {
    return { id: 'turns', title, body: html`<p>Not known: the API server’s audit log was not in sight.</p>` };
  }
  const rows = wrongTurns.map((w) => [
    duration(w.t),
    w.actor,
    `${w.what}${w.times > 1 ? ` (${w.times} times)` : ''}`,
    `${w.kind} (${w.code})`,
    w.because,
  ]);
  return {
    id: 'turns',
    title,
    body: html`<p>What was tried and refused, or was done and did not help, as the API server’s audit log has it.</p>
${
  rows.length === 0
    ? html`<p>None.</p>`
    : table(
        'What was tried',
        [
          { name: 'After', numeric: true },
          { name: 'Role' },
          { name: 'What' },
          { name: 'Answer' },
          { name: 'Why it did not help' },
        ],
        rows,
      )
}
${table(
  'Requests of each role',
  [
    { name: 'Role' },
    { name: 'Reads', numeric: true },
    { name: 'Changes', numeric: true },
    { name: 'Changes refused', numeric: true },
  ],
  requests.map((r) => [r.actor, grouped(r.reads), grouped(r.changes), grouped(r.refused)]),
)}`,
  };
}

function dashboards({ dashboards: lies }: Scorecard): PageSection | undefined {
  if (lies.length === 0) return undefined;
  const rows = lies.map((d) => [d.panel, d.said, duration(d.liedSeconds)]);
  return {
    id: 'dashboards',
    title: 'What the dashboards said',
    body: html`<p>These panels kept their last value while its source was silent.</p>
${table('Panels that were not true', [{ name: 'Panel' }, { name: 'Said', numeric: true }, { name: 'Untrue for', numeric: true }], rows)}`,
  };
}

function timeline({ timeline: lines }: Scorecard): PageSection {
  const rows = lines.slice(0, LINES).map((l) => [duration(l.t), l.who, l.what, l.seq]);
  return {
    id: 'timeline',
    title: 'Timeline',
    body: html`<p>Times are from the moment that the crew took over; the last column is the line of <code>journal.ndjson</code>.</p>
${table('Everything that happened', [{ name: 'After', numeric: true }, { name: 'Who' }, { name: 'What' }, { name: 'Journal line', numeric: true }], rows)}
${lines.length > LINES && html`<p>… and ${grouped(lines.length - LINES)} more in scorecard.json.</p>`}`,
  };
}

function questions({ questions: asked }: Scorecard): PageSection {
  return {
    id: 'questions',
    title: 'To talk about',
    body: html`<p>Everybody did what seemed right with what they could see. Ask what made it seem right.</p>
<ul>${asked.map((q) => html`<li>${q}</li>\n`)}</ul>`,
  };
}
