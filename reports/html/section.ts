import type { Recording } from '../recording.ts';
import type { ExperimentResult, Result } from '../result.ts';
import { grouped } from '../words.ts';
import { type Html, html } from './template.ts';

/** All that a section can tell from. */
export interface Told {
  result: Result;
  experiment: ExperimentResult;
  /** Undefined when the journal could not be read again, or belongs to another experiment of the result. */
  recording: Recording | undefined;
  /** Links to journal lines that the page carries; a number without a link is a line of journal.ndjson. */
  cite(seqs: readonly number[]): Html;
}

/** One section of a report, in a file of its own. It leaves itself out when there is nothing to tell. */
export interface Section {
  id: string;
  title: string;
  body(told: Told): Html | undefined;
}

const SHOWN = 12;

export function citing(recording: Recording | undefined): Told['cite'] {
  const carried = new Set(recording?.lines.map((line) => line.seq));
  const one = (seq: number) => (carried.has(seq) ? html`<a href="#line-${seq}">${seq}</a>` : html`${seq}`);
  return (seqs) => {
    if (seqs.length === 0) return html`none`;
    const more = seqs.slice(SHOWN);
    const links = (list: readonly number[]) => list.map((seq, i) => html`${i > 0 && ' '}${one(seq)}`);
    if (more.length === 0) return html`<span class="cites">${links(seqs)}</span>`;
    return html`<span class="cites">${links(seqs.slice(0, SHOWN))}</span> <details class="more"><summary>and ${grouped(more.length)} more</summary><span class="cites">${links(more.slice(0, 200))}${more.length > 200 && ' …'}</span></details>`;
  };
}
