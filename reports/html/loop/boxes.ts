import type { Loop } from '../../recording.ts';

/** Where the objects of a loop stand, in SVG units that are pixels at full size. */
export interface Layout {
  width: number;
  height: number;
  box: { width: number; height: number };
  /** Middles of the boxes, in the order of the chain. */
  middles: Point[];
  /** Characters of a name that fit into a line of a box. */
  characters: number;
  narrow: boolean;
}

export interface Point {
  x: number;
  y: number;
}

/** Every object once, in the order of the chain. */
export function objectsOf({ links }: Pick<Loop, 'links'>): string[] {
  return [...new Set(links.flatMap((l) => [l.from, l.to]))];
}

const BOX = { width: 246, height: 84 };

/** Around a ring when it closes on a few objects; otherwise from left to right and back, line by line. */
export function wide(count: number): Layout {
  // A row of three needs room for the words between them.
  const width = count <= 4 ? 900 : 1030;
  const columns = [BOX.width / 2 + 4, width / 2, width - BOX.width / 2 - 4] as const;
  const [left, middle, right] = columns;
  const rows = [BOX.height / 2 + 6, 250] as const;
  const ring: Record<number, Point[]> = {
    2: [at(left, rows[0]), at(right, rows[0])],
    3: [at(left, rows[0]), at(right, rows[0]), at(middle, rows[1])],
    4: [at(left, rows[0]), at(right, rows[0]), at(right, rows[1]), at(left, rows[1])],
  };
  const snake = Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / 3);
    return at(columns[row % 2 === 0 ? i % 3 : 2 - (i % 3)] as number, rows[0] + row * 190);
  });
  const middles = ring[count] ?? snake;
  const height = Math.max(...middles.map((m) => m.y)) + BOX.height / 2 + 6;
  return { width, height, box: BOX, middles, characters: 31, narrow: false };
}

/** From one box of a column to the next. */
const PITCH = 160;

/** One below the other, for a phone; the way back runs along the right side. */
export function narrow(count: number): Layout {
  const box = { width: 250, height: 78 };
  const middles = Array.from({ length: count }, (_, i) => at(box.width / 2 + 2, box.height / 2 + 2 + i * PITCH));
  return { width: 340, height: (count - 1) * PITCH + box.height + 4, box, middles, characters: 32, narrow: true };
}

function at(x: number, y: number): Point {
  return { x, y };
}

/** Where a line from the middle of a box leaves it on the way to `to`. */
export function borderPoint(from: Point, to: Point, box: Layout['box'], margin = 3): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [halfWidth, halfHeight] = [box.width / 2 + margin, box.height / 2 + margin];
  const share = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : halfWidth / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : halfHeight / Math.abs(dy),
  );
  return { x: Math.round(from.x + dx * share), y: Math.round(from.y + dy * share) };
}

/** A long name in lines, broken where names have their joints. */
export function nameLines(name: string, characters: number, most = 3): string[] {
  const lines = [''];
  for (const part of name.split(/(?<=[-/#.:])/)) {
    for (const piece of part.match(new RegExp(`.{1,${characters}}`, 'gsu')) ?? []) {
      if (lines.at(-1)!.length + piece.length <= characters) lines[lines.length - 1] += piece;
      else lines.push(piece);
    }
  }
  const shown = lines.filter((line) => line !== '');
  if (shown.length <= most) return shown;
  return [...shown.slice(0, most - 1), `${shown[most - 1]!.slice(0, characters - 1)}…`];
}
