import { stripVTControlCharacters, styleText } from 'node:util';
import { Option } from 'commander';
import { FalldownError } from '../errors.ts';

/** Colours only for a person at a terminal who did not ask to be spared (no-color.org). */
export function useColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== '0';
  return stream.isTTY === true;
}

export function paint(style: 'red' | 'green' | 'yellow' | 'dim' | 'bold', text: string): string {
  return useColor(process.stderr) ? styleText(style, text, { validateStream: false }) : text;
}

/** A line for people, on stderr: stdout is for data. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function printError(error: unknown): void {
  if (error instanceof FalldownError) {
    say(`${paint('red', 'error')} ${error.message} ${paint('dim', `(${error.code})`)}`);
    return;
  }
  // Not one of our own errors: a bug, or something that nobody has met yet. The stack is what helps then.
  say(`${paint('red', 'error')} ${error instanceof Error ? error.stack : String(error)}`);
}

/** Columns padded to their widest cell, as kubectl prints tables. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => stripVTControlCharacters(row[i] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** `-o json` of every command that lists data; `-o human` is what people get. Some can write more formats. */
export function outputOption(...more: string[]): Option {
  return new Option('-o, --output <format>', 'what stdout gets').choices(['human', 'json', ...more]).default('human');
}
