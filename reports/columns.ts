const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const ZERO = /\p{Mn}|\p{Me}/u;

/** Text from a cluster as one line that cannot move the cursor, change colours or reorder what is beside it. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** Columns that a terminal gives to a line of printable text. */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return sum;
}

/** The text in at most `width` columns, with an ellipsis when something was cut. */
export function shorten(text: string, width: number): string {
  return columns(text) <= width ? text : `${head(text, width - 1).trimEnd()}…`;
}

/** Breaks at spaces into at most `most` lines of `width` columns; the last one is cut when the text is longer. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  // Cut first: a message may be a megabyte long.
  const enough = width * most * 8;
  let rest = printable(text.length > enough ? `${text.slice(0, enough)}…` : text);
  while (columns(rest) > width && lines.length < most - 1) {
    const whole = head(rest, width + 1);
    const space = whole.lastIndexOf(' ');
    // A word longer than a line, such as a pod's name, is broken where the line ends.
    const line = space > 0 ? whole.slice(0, space) : head(rest, width);
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return [...lines, shorten(rest, width)];
}

/** The longest beginning of the text that fits, one character at least. */
function head(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += columns(character);
    if (used > width && end > 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}
