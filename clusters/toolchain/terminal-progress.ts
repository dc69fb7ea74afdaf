import type { ToolchainProgress } from './context.ts';

export interface TerminalProgress extends ToolchainProgress {
  /** Clears the live line; call it before anything else writes to the terminal. */
  close(): void;
}

const CLEAR = '\r\u001b[2K';

/**
 * Progress on a stream for people: one live line on a terminal, plain lines elsewhere (where `update` is absent, so
 * that long work says a line from time to time instead). Colours only on a terminal and without NO_COLOR.
 */
export function terminalProgress(
  stream: NodeJS.WriteStream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): TerminalProgress {
  const live = stream.isTTY === true && env.TERM !== 'dumb';
  const coloured = live && !env.NO_COLOR;
  /** The interface knows no failure: by convention its detail begins with "failed". */
  const mark = (detail = ''): string => {
    const [sign, colour] = detail.startsWith('failed') ? ['✗', 31] : ['✓', 32];
    return coloured ? `\u001b[${colour}m${sign}\u001b[0m` : String(sign);
  };
  let current = '';
  const draw = (text: string): void => {
    current = text;
    // A line that wraps could not be cleared again.
    if (live) stream.write(`${CLEAR}${text.slice(0, Math.max(20, (stream.columns || 80) - 1))}`);
  };
  const stay = (text: string): void => {
    stream.write(`${live ? CLEAR : ''}${text}\n`);
    if (live && current !== '') draw(current);
  };
  return {
    step(title) {
      if (live) draw(`${title} …`);
      else stay(`${title} …`);
      return (detail) => {
        current = '';
        stay(`${mark(detail)} ${title}${detail === undefined ? '' : `: ${detail}`}`);
      };
    },
    say: stay,
    ...(live ? { update: draw } : {}),
    close() {
      if (live && current !== '') stream.write(CLEAR);
      current = '';
    },
  };
}
