import type { Cell, CellScript, CellSpec } from './matrix.ts';
import type { Check, Step } from './script.ts';

export const NAME = /^[a-z][a-z0-9-]*$/;

/** `F6 F7 …` at the start of a check's name. */
export function factsIn(title: string): string[] {
  return /^(F\d+\s+)*/.exec(title)?.[0].trim().split(/\s+/).filter(Boolean) ?? [];
}

/** Each cell as often as asked for; the copies are numbered from 2, and run right after it. */
export function repeated(cells: readonly Cell[], times: number): Cell[] {
  return cells.flatMap((cell) =>
    Array.from({ length: times }, (_, i) =>
      i === 0 ? cell : { ...cell, name: `${cell.name}-${i + 1}`, repeats: cell.name },
    ),
  );
}

/** Lets an experiment write one cell. Throws on a name that cannot be a folder, and on a phase or check said twice. */
export function writeCell<C extends CellSpec>(spec: C, write: (cell: C, script: CellScript) => void): Cell {
  for (const name of [spec.name, ...(spec.start === undefined ? [] : [spec.start.name])]) {
    if (!NAME.test(name)) throw new Error(`cell name "${name}": lower-case letters, digits, dashes`);
  }
  const steps: Step[] = [];
  const checks: Check[] = [];
  let read: Cell['read'];
  const step = (phase: string, title: string, run: Step['run']) => {
    if (steps.some((s) => s.phase === phase)) throw new Error(`cell "${spec.name}" has two phases "${phase}"`);
    steps.push({ phase, title, run });
  };
  write(spec, {
    method: step,
    recover: (title, run) => step('recovery', title, run),
    check: (name, body) => {
      if (checks.some((c) => c.name === name)) throw new Error(`cell "${spec.name}" has two checks "${name}"`);
      checks.push({ name, facts: factsIn(name), body });
    },
    values: (one) => {
      read = one;
    },
  });
  return { ...spec, steps, checks, read };
}
