import type { JournalView } from '../check/journal-view.ts';
import { FalldownError } from '../errors.ts';
import type { World } from './world.ts';

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
  body(journal: JournalView): void;
}

export interface Experiment extends ExperimentMeta {
  name: string;
  steps: Step[];
  checks: Check[];
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
}

const defined = new Map<string, Experiment>();

/** Defines an experiment. An experiment file calls it once when it is loaded. */
export function experiment(name: string, meta: ExperimentMeta, write: (script: Script) => void): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`experiment name "${name}": lower-case letters, digits, dashes`);
  const steps: Step[] = [];
  const checks: Check[] = [];
  const step = (phase: string, title: string, run: Step['run']) => {
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
        facts: /^(F\d+\s+)*/.exec(title)?.[0].trim().split(/\s+/).filter(Boolean) ?? [],
        body,
      });
    },
  });
  defined.set(name, { name, ...meta, steps, checks });
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
