import type { Profile } from '../../clusters/providers/provider.ts';
import type { CellResult, Conclusion, Scalar } from '../../reports/result.ts';
import type { JournalView } from '../check/journal-view.ts';
import type { Check, Step } from './script.ts';
import type { World } from './world.ts';

/**
 * A matrix: cells that all start from the same cluster, each with a journal of its own.
 *
 * What `steadyState`, `method` and `recover` say before `cells` is the preparation. It runs once, in the run's own
 * journal; then the cluster is checkpointed, and every cell starts from that checkpoint, one after another. Where a
 * provider has no checkpoints, each cell makes a cluster anew and goes through the preparation itself: slower, same words.
 */
export interface CellSpec {
  /** Unique in its matrix: lower-case letters, digits, dashes. It is the cell's folder, and what `--only` matches. */
  name: string;
  /** What is tried, in plain words. */
  title: string;
  /** False: runs only when `--only` names it. */
  byDefault?: boolean;
  /** A further common start for some of the cells, e.g. the same safeguards installed. */
  start?: CellStart;
  /** The profile as this cell sees it (workloads, priority classes …); the cluster's nodes are made already. */
  profile?: (profile: Profile) => Profile;
}

/**
 * What several cells need on top of the preparation. It is done once from the preparation's checkpoint, checkpointed in
 * its turn, and shared by all cells whose start has this name. When it fails, these cells are inconclusive.
 */
export interface CellStart {
  /** As a cell's name. Its journal is `starts/<name>/journal.ndjson` in the run's folder. */
  name: string;
  title: string;
  /** Over the experiment's profile; a cell's own `profile` comes after it. */
  profile?: (profile: Profile) => Profile;
  prepare(world: World): Promise<void>;
}

/** The words a cell is written with. Its checks see the cell's own journal alone. */
export interface CellScript {
  /** One phase of the cell, named as in an experiment; phases run in the order they are written. */
  method(phase: string, title: string, run: Step['run']): void;
  /** A phase that takes the way out; phase `recovery`. */
  recover(title: string, run: Step['run']): void;
  /** What this cell's journal must show. A violated one makes the cell, and with it the experiment, violated. */
  check(name: string, body: (journal: JournalView) => void): void;
  /**
   * The numbers of this cell beside the usual measures, a pure function of its journal: `values` in result.json, where
   * `report` finds them again. `null` is what was not measured. SI units in the keys (`…Seconds`, `…Bytes`). When cells are
   * repeated and their `outcome` is not the same each time, they are inconclusive: timing decides.
   */
  values(read: (journal: JournalView) => Record<string, Scalar | null>): void;
}

/** A cell as the runner sees it. */
export interface Cell extends CellSpec {
  /** Name of the cell that this one repeats. */
  repeats?: string;
  steps: Step[];
  checks: Check[];
  read: ((journal: JournalView) => Record<string, Scalar | null>) | undefined;
}

/** What all cells together, or the journal of an experiment without any, say: tables and sentences, a pure function. */
export type Conclude = (cells: readonly CellResult[], profile: Profile, journal: JournalView) => Conclusion;

/** Which cells to run: globs on their names (`*`, `?`). Without `only` all of them; `skip` takes away. */
export interface Selection {
  only: readonly string[];
  skip: readonly string[];
}

/** Mark in a cell's journal when its start is there and its own phases begin; what came before is preparation. */
export const CELL_BEGAN = 'cell.began';
