/**
 * Reads the lines of a text that comes in pieces: is given each piece, and returns the lines that end in it. What follows the
 * last line break waits for its end; a character may be cut in two.
 */
export function wholeLines(): (piece: Uint8Array) => string[] {
  const decoder = new TextDecoder();
  let rest = '';
  return (piece) => {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    return lines;
  };
}
