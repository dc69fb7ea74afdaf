import type { Recording } from '../recording.ts';
import type { Result } from '../result.ts';
import { asset, uPlot } from './assets.ts';
import { foot, head, toneOf } from './head.ts';
import { page } from './page.ts';
import { citing, type Section } from './section.ts';
import { changes } from './sections/changes.ts';
import { checks } from './sections/checks.ts';
import { facts } from './sections/facts.ts';
import { journalLines } from './sections/journal-lines.ts';
import { loop } from './sections/loop.ts';
import { matrix } from './sections/matrix.ts';
import { measures } from './sections/measures.ts';
import { timeline } from './sections/timeline.ts';
import { wayOut } from './sections/way-out.ts';
import { whatHappened } from './sections/what-happened.ts';

/** In the order of the page: first what a manager follows, then what an engineer checks. */
const SECTIONS: readonly Section[] = [
  whatHappened,
  matrix,
  timeline,
  loop,
  wayOut,
  checks,
  changes,
  facts,
  measures,
  journalLines,
];

/**
 * `report.html`: the run as a story, in one file that needs nothing else. Without a recording it tells what the result
 * alone says.
 */
export function reportHtml(result: Result, recording?: Recording): string {
  const several = result.experiments.length > 1;
  const sections = result.experiments.flatMap((experiment, i) => {
    const own = i === 0 ? recording : undefined;
    const told = { result, experiment, recording: own, cite: citing(own) };
    return SECTIONS.flatMap(({ id, title, body }) => {
      const text = body(told);
      const name = several ? `${title}: ${experiment.title}` : title;
      return text === undefined ? [] : [{ id: i === 0 ? id : `${id}-${i + 1}`, title: name, body: text }];
    });
  });
  const live = uPlot();
  return page({
    title: `${result.verdict}: ${result.experiments[0]?.title ?? result.runId}`,
    tone: toneOf(result),
    head: head(result),
    sections,
    foot: foot(result),
    style: ['base.css', 'sections.css', 'charts.css'].map(asset).join('\n').concat(live.style),
    script: `${live.script}\n${asset('timeline.js')}`,
  });
}
