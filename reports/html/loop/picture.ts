import type { Loop } from '../../recording.ts';
import { duration } from '../../words.ts';
import { Html, html } from '../template.ts';
import { borderPoint, type Layout, nameLines, objectsOf, type Point } from './boxes.ts';

interface Arrow {
  path: string;
  /** Where its number, its words and the cut stand. */
  middle: Point;
}

/** The loop as boxes and arrows, the arrow that recovery cut marked. Its words are in the list below it. */
export function picture(loop: Loop, layout: Layout): Html {
  const objects = objectsOf(loop);
  const id = layout.narrow ? 'narrow' : 'wide';
  const place = (object: string) => layout.middles[objects.indexOf(object)] as Point;
  const arrows = loop.links.map(({ from, to }, i) =>
    back(i, loop, objects, layout) ? around(layout) : straight(place(from), place(to), layout),
  );
  return html`<svg class="loop ${id}" viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" role="img" aria-label="The deadlock as a picture. The list that follows says the same in words.">
<defs><marker id="head-${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="arrowhead" d="M0 0L10 5L0 10Z"/></marker></defs>
${arrows.map((arrow, i) => drawn(arrow, i, loop, `head-${id}`, layout))}
${objects.map((object, i) => box(object, layout.middles[i] as Point, layout))}
</svg>`;
}

/** In a column, the link that closes the loop would run through the boxes between. */
function back(i: number, { links }: Loop, objects: readonly string[], { narrow }: Layout): boolean {
  const { from, to } = links[i]!;
  return narrow && objects.indexOf(to) < objects.indexOf(from);
}

function straight(from: Point, to: Point, { box: size }: Layout): Arrow {
  const [a, b] = [borderPoint(from, to, size), borderPoint(to, from, size, 6)];
  return { path: `M${a.x} ${a.y}L${b.x} ${b.y}`, middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
}

function around({ middles, box: size }: Layout): Arrow {
  const [first, last] = [middles[0] as Point, middles.at(-1) as Point];
  const [x, out] = [first.x + size.width / 2 + 4, first.x + size.width / 2 + 40];
  const path = `M${x} ${last.y}H${out - 10}Q${out} ${last.y} ${out} ${last.y - 10}V${first.y + 10}Q${out} ${first.y} ${out - 10} ${first.y}H${x + 2}`;
  return { path, middle: { x: out, y: (first.y + last.y) / 2 } };
}

function drawn({ path, middle }: Arrow, i: number, { links, cut }: Loop, head: string, layout: Layout): Html {
  const isCut = cut?.link === i;
  const { x, y, anchor, turn } = wordsAt({ path, middle }, layout);
  const turned = turn && html` transform="rotate(-90 ${x} ${y})"`;
  return html`<path class="arrow${isCut && ' cut'}" d="${new Html(path)}" marker-end="url(#${new Html(head)})"/>
<circle class="number" cx="${middle.x}" cy="${middle.y}" r="12"/><text class="number" x="${middle.x}" y="${middle.y + 4}" text-anchor="middle">${i + 1}</text>
<text class="verb" x="${x}" y="${y}" text-anchor="${anchor}"${turned}>${verb(links[i]!)}</text>
${isCut && html`${slash(middle, layout)}<text class="cut" x="${x}" y="${anchor === 'middle' ? middle.y + 34 : y + 17}" text-anchor="${anchor}">cut at ${duration(cut!.t)}</text>`}
`;
}

/** Across the arrow, before its number. */
function slash({ x, y }: Point, { narrow }: Layout): Html {
  const [cx, cy] = narrow ? [x, y - 25] : [x - 34, y];
  return html`<path class="scissors" d="M${cx - 9} ${cy + 9}L${cx + 9} ${cy - 9}"/>`;
}

/** Above a level arrow, along the one that goes around a narrow picture, and on the outer side of any other. */
function wordsAt({ path, middle }: Arrow, { narrow, width }: Layout): Point & { anchor: string; turn: boolean } {
  const [, y1, y2] = /^M\S+ (\S+)L\S+ (\S+)$/.exec(path) ?? [];
  if (y1 === undefined) return { x: middle.x + 26, y: middle.y, anchor: 'middle', turn: true };
  if (y1 === y2) return { x: middle.x, y: middle.y - 20, anchor: 'middle', turn: false };
  const left = !narrow && (middle.x < width / 2 || middle.x > width * 0.8);
  return { x: middle.x + (left ? -20 : 20), y: middle.y + 4, anchor: left ? 'end' : 'start', turn: false };
}

/** What stands on an arrow; the whole sentence is in the list. */
function verb({ from, to }: { from: string; to: string }): string {
  const [a, b] = [kindOf(from), kindOf(to)];
  if (b.endsWith('WebhookConfiguration') || b === 'Webhook') return 'is refused by';
  if (b === 'Service') return 'can only ask';
  if (a === 'Service') return 'has no ready pod from';
  return a === 'Pod' && b === 'Pod' ? 'waits behind' : 'needs';
}

function box(object: string, { x, y }: Point, { box: size, characters }: Layout): Html {
  const lines = nameLines(object.slice(kindOf(object).length + 1), characters);
  const top = y - size.height / 2;
  // The kind and the lines of the name, in the middle of the box.
  const first = y - (lines.length * 15) / 2 + 3;
  return html`<rect class="box" x="${x - size.width / 2}" y="${top}" width="${size.width}" height="${size.height}" rx="8"/>
<text class="kind" x="${x}" y="${first}" text-anchor="middle">${kindOf(object)}</text>
${lines.map((line, i) => html`<text class="name" x="${x}" y="${first + 19 + i * 15}" text-anchor="middle">${line}</text>`)}
`;
}

function kindOf(object: string): string {
  return object.split('/')[0] ?? '';
}
