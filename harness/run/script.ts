import type { Profile } from '../../clusters/providers/provider.ts';
import type { Cells } from '../check/cells.ts';
import type { JournalView } from '../check/journal-view.ts';
import { FalldownError } from '../errors.ts';
import type { Cell, CellScript, CellSpec, Conclude } from './matrix.ts';
import type { World } from './world.ts';
import { factsIn, repeated, writeCell } from './write-cell.ts';

/** What an experiment is about, for lists and reports. */
export interface ExperimentMeta {
  /** A headline: what happens, in plain words. */
  title: string;
  /** Facts of the incident that it reproduces. */
  facts: string[];
  /** Kinds of cluster it can run on. */
  needs: ('embedded' | 'kind')[];
  /** Built-in profile it runs with unless the user names another. */
  profile: string;
  /** On 2 cores, warm, with the profile's own size. */
  typicalSeconds: number;
}

/** One phase of the method. Its name is what checks and reports call it. */
export interface Step {
  phase: string;
  title: string;
  run(world: World): Promise<void>;
}

/** A check is a pure function of the journal that speaks through chai. */
export interface Check {
  name: string;
  facts: string[];
  /** `cells`: what the matrix found; empty without one. */
  body(journal: JournalView, cells: Cells): void;
}

export interface Experiment extends ExperimentMeta {
  name: string;
  steps: Step[];
  checks: Check[];
  /** The cells for a profile, in the order they run; undefined when it is no matrix. */
  cells?: (profile: Profile) => Cell[];
  conclude?: Conclude;
}

/** The words an experiment is written with. */
export interface Script {
  /** What must be true before anything is done to the cluster; if it is not, the run is inconclusive. */
  steadyState(title: string, run: Step['run']): void;
  /** One phase: load or fault, and what is waited for. */
  method(phase: string, title: string, run: Step['run']): void;
  /** A phase that takes the way out. */
  recover(title: string, run: Step['run']): void;
  /** What the journal must show. `F6 F7 …` at the start of the name says which facts it is about. */
  check(name: string, body: Check['body']): void;
  /**
   * Once: everything before it prepares a cluster, and each cell starts from that cluster as it was then (see matrix.ts).
   * `write` is called for each cell and says what it does and what its journal must show.
   */
  cells<C extends CellSpec>(
    list: readonly C[] | ((profile: Profile) => readonly C[]),
    write: (cell: C, script: CellScript) => void,
  ): void;
  /** What all cells together say: tables and sentences for the reports. */
  conclude(read: Conclude): void;
}

const defined = new Map<string, Experiment>();

/** Defines an experiment. An experiment file calls it once when it is loaded. */
export function experiment(name: string, meta: ExperimentMeta, write: (script: Script) => void): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`experiment name "${name}": lower-case letters, digits, dashes`);
  const steps: Step[] = [];
  const checks: Check[] = [];
  let cells: Experiment['cells'];
  let conclude: Conclude | undefined;
  const step = (phase: string, title: string, run: Step['run']) => {
    if (cells !== undefined) throw new Error(`experiment "${name}": phase "${phase}" comes after its cells`);
    if (steps.some((s) => s.phase === phase)) throw new Error(`experiment "${name}" has two phases "${phase}"`);
    steps.push({ phase, title, run });
  };
  write({
    steadyState: (title, run) => step('steady-state', title, run),
    method: step,
    recover: (title, run) => step('recovery', title, run),
    check: (title, body) => {
      if (checks.some((c) => c.name === title)) throw new Error(`experiment "${name}" has two checks "${title}"`);
      checks.push({
        name: title,
        facts: factsIn(title),
        body,
      });
    },
    cells: (list, writeOne) => {
      if (cells !== undefined) throw new Error(`experiment "${name}" has cells twice`);
      const written = (profile: Profile) =>
        (typeof list === 'function' ? list(profile) : list).map((spec) => writeCell(spec, writeOne));
      cells = (profile) => repeated(written(profile), profile.repeats);
    },
    conclude: (read) => {
      conclude = read;
    },
  });
  const matrix = { ...(cells === undefined ? {} : { cells }), ...(conclude === undefined ? {} : { conclude }) };
  defined.set(name, { name, ...meta, steps, checks, ...matrix });
}

/** Loads one experiment file and returns what it defined. */
export async function loadExperiment(file: URL): Promise<Experiment> {
  const before = new Set(defined.values());
  await import(file.href);
  const fresh = [...defined.values()].find((e) => !before.has(e)) ?? byFile.get(file.href);
  if (fresh === undefined) {
    throw new FalldownError({
      code: 'NOT_AN_EXPERIMENT',
      kind: 'usage',
      what: 'the file defines no experiment',
      on: file.pathname,
      next: "call experiment('name', { … }, (script) => { … }) from 'falldown' in it",
    });
  }
  byFile.set(file.href, fresh);
  return fresh;
}

/** A module is evaluated once; a second load must find what the first defined. */
const byFile = new Map<string, Experiment>();
