import type { HostLine } from '../../clusters/host/host-line.ts';
import { paint } from './output.ts';

/** Warnings keep nothing from running. */
export const isFit = (lines: readonly HostLine[]): boolean => lines.every((line) => line.state !== 'missing');

const COLORS = { ok: 'green', warn: 'yellow', missing: 'red' } as const;

export function asText({ check, state, seen, remedy }: HostLine): string {
  const margin = ' '.repeat(23);
  const text = `${paint(COLORS[state], state.padEnd(7))}  ${check.padEnd(12)}  ${seen.replaceAll('\n', `\n${margin}`)}`;
  return remedy === undefined ? text : `${text}\n${margin}remedy: ${remedy}`;
}
