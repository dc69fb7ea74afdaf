import { wrap } from './columns.ts';
import { asset } from './html/assets.ts';
import { type PageSection, page, table } from './html/page.ts';
import { html } from './html/template.ts';
import { codeBlock, Page, plain } from './markdown.ts';
import type { Evidence, Found, Side, SideDifference, Validation } from './validation.ts';
import { shown } from './validation-differences.ts';
import { duration } from './words.ts';

const WIDTH = 100;
/** A step summary over 1 MiB is dropped whole. */
const MARKDOWN_BYTES = 500_000;
const TONE = { safe: 'good', 'safe with changes': 'unsure', 'not safe': 'bad', inconclusive: 'unsure' } as const;
const HEAD = {
  safe: 'SAFE',
  'safe with changes': 'SAFE WITH THESE CHANGES',
  'not safe': 'NOT SAFE',
  inconclusive: 'INCONCLUSIVE',
} as const;
/** The order in which a reader wants to see them; what is the same is left to the file. */
const ORDER: SideDifference['state'][] = ['worse', 'better', 'changed', 'unjudged'];

export function validationHeadline(v: Validation): string {
  return `${HEAD[v.verdict]}: ${v.because}`;
}

/** The verdict for a terminal. */
export function validationScreen(v: Validation, folder: string): string {
  const told = differing(v);
  const judged = told.filter((d) => d.state !== 'unjudged');
  const rows = judged
    .slice(0, 10)
    .flatMap((d) => [
      `  ${d.state.padEnd(8)} ${d.what} (${d.experiment}): ${d.from} → ${d.to}`,
      ...wrap(d.because, WIDTH - 11, 2).map((line) => `           ${line}`),
    ]);
  const unjudged = told.filter((d) => d.state === 'unjudged');
  const timings = unjudged
    .slice(0, 8)
    .map((d) => `  ${d.from} → ${d.to}`.padEnd(24).concat(` ${d.what} (${d.experiment})`));
  const upgrade = v.upgrade.flatMap((f) => [
    `  ${(f.safeguarded === null ? shown(f.asIs) : `${shown(f.asIs)} → ${shown(f.safeguarded)}`).padEnd(42)} ${f.what}`,
    ...(f.asIs.verdict === 'holds' ? [] : wrap(f.asIs.because, WIDTH - 6, 2).map((line) => `      ${line}`)),
  ]);
  const tried = v.upgrade.some((f) => f.safeguarded !== null) ? ' (as it is → with the safeguards)' : '';
  return `${[
    ...wrap(validationHeadline(v), WIDTH, 3),
    context(v),
    ...block(`The upgrade${tried}`, upgrade),
    ...block('What differs', rows.length === 0 ? ['  nothing, in what could be judged'] : rows),
    ...(judged.length > 10 ? [`  … and ${judged.length - 10} more in the report`] : []),
    ...block('Other numbers, which may be chance: fewer than three runs like the first side are known', timings),
    ...(unjudged.length > 8 ? [`  … and ${unjudged.length - 8} more in the report`] : []),
    ...block(
      'Change this first: helm values of the gatekeeper',
      v.changes
        ?.trimEnd()
        .split('\n')
        .map((l) => `  ${l}`) ?? [],
    ),
    '',
    ...v.notes.flatMap((note) => wrap(note, WIDTH - 4, 3).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`)),
    '',
    `  report  ${folder}`,
  ].join('\n')}\n`;
}

const block = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', title, ...lines]);

export function validationMarkdown(v: Validation): string {
  const doc = new Page(MARKDOWN_BYTES, ['', ...v.notes.map((note) => `- ${plain(note)}`)]);
  doc.add('# falldown validate', '', `**${plain(validationHeadline(v))}**`, '', plain(context(v)));
  doc.table('## The upgrade', ['What', 'As it is', 'With the safeguards', 'Because', 'Evidence'], v.upgrade, (f) =>
    [f.what, shown(f.asIs), foundText(f.safeguarded), (f.safeguarded ?? f.asIs).because, cited([f.asIs.evidence])].map(
      (t) => plain(t),
    ),
  );
  doc.table(
    '## What differs',
    ['Experiment', 'What', 'From', 'To', 'State', 'Because', 'Evidence'],
    differing(v),
    (d) => [d.experiment, d.what, d.from, d.to, d.state, d.because, cited(d.evidence)].map((t) => plain(t)),
  );
  if (v.changes !== null)
    doc.add('', '## Change this first', '', 'helm values of the gatekeeper:', '', codeBlock(v.changes, 'yaml'));
  doc.table('## Runs', ['Run', 'Role', 'Experiment', 'Verdict', 'The cluster', 'Why'], v.runs, (r) =>
    [r.runId, r.role, r.experiment, r.verdict, r.outcome, r.reason].map((t) => plain(t)),
  );
  return doc.toString();
}

export function validationHtml(v: Validation): string {
  const columns = (names: string[]) => names.map((name) => ({ name }));
  const sections: PageSection[] = [];
  if (v.upgrade.length > 0) {
    const rows = v.upgrade.map((f) => [
      f.what,
      shown(f.asIs),
      foundText(f.safeguarded),
      f.asIs.because,
      cited([f.asIs.evidence]),
    ]);
    const head = columns(['What', 'As it is', 'With the safeguards', 'Because', 'Evidence']);
    sections.push({
      id: 'upgrade',
      title: 'The upgrade',
      body: table('helm upgrade of the gatekeeper under load', head, rows),
    });
  }
  const told = differing(v).map((d) => [d.what, d.experiment, d.from, d.to, d.state, d.because, cited(d.evidence)]);
  const head = columns(['What', 'Experiment', 'From', 'To', 'State', 'Because', 'Evidence']);
  const differs =
    told.length === 0
      ? html`<p>Nothing that was compared differs.</p>`
      : table('From one side to the other', head, told);
  sections.push({ id: 'differences', title: 'What differs', body: differs });
  if (v.changes !== null) {
    const body = html`<figure class="patch"><figcaption>helm values of the gatekeeper</figcaption><pre tabindex="0" aria-label="helm values"><code>${v.changes}</code></pre></figure>`;
    sections.push({ id: 'changes', title: 'Change this first', body });
  }
  const runs = v.runs.map((r) => [r.runId, r.role, r.experiment, r.verdict, r.outcome, r.reason]);
  const runsHead = columns(['Run', 'Role', 'Experiment', 'Verdict', 'The cluster', 'Why']);
  sections.push({ id: 'runs', title: 'Runs', body: table('Each has its own report', runsHead, runs) });
  const [word, sentence] = [HEAD[v.verdict], v.because];
  return page({
    title: `falldown validate: ${v.verdict}`,
    tone: TONE[v.verdict],
    head: html`<p class="brand"><span>falldown</span> validate</p><h1><span class="word">${word}</span>: ${sentence}</h1><p class="context">${context(v)}</p>`,
    sections,
    foot: html`${v.notes.map((note) => html`<p>${note}</p>`)}<p>Evidence is given as lines of the journal of a run: <code>falldown report RUN</code>. All of it is in <code>validation.json</code>.</p>`,
    style: ['base.css', 'sections.css'].map(asset).join('\n'),
    script: '',
  });
}

function differing(v: Validation): SideDifference[] {
  return ORDER.flatMap((state) => v.differences.filter((d) => d.state === state));
}

function context({ from, to, durationSeconds }: Validation): string {
  const own = (s: Side) => [...(s.chart === undefined ? [] : [`chart ${s.chart}`]), ...s.values].join(', ');
  const values =
    own(from) === own(to) ? [] : [`values ${own(from) || 'of the profile'} → ${own(to) || 'of the profile'}`];
  return [
    `Kubernetes ${from.kubernetes} → ${to.kubernetes}`,
    `Kyverno ${from.kyverno} → ${to.kyverno}`,
    ...values,
    duration(durationSeconds),
  ].join(' · ');
}

const foundText = (found: Found | null): string => (found === null ? 'not tried' : shown(found));

function cited(evidence: readonly Evidence[]): string {
  return evidence
    .map(({ runId, lines }) => {
      const short = runId.split('-').at(-1) ?? runId;
      return lines.length === 0 ? short : `${short}: ${lines.slice(0, 6).join(' ')}${lines.length > 6 ? ' …' : ''}`;
    })
    .join('; ');
}
