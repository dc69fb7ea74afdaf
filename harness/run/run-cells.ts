import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint, Profile } from '../../clusters/providers/provider.ts';
import { reasonOf } from '../errors.ts';
import type { RunEnded } from '../journal/events.ts';
import { Journal } from '../journal/writer.ts';
import { KubeClient } from '../kube/client.ts';
import { credentialsFrom } from '../kube/credentials.ts';
import { Live } from '../observe/live.ts';
import { NotSeen } from '../wait.ts';
import { clusterName } from './cluster-name.ts';
import { collectLogs } from './collect-logs.ts';
import { CELL_BEGAN, type Cell, type CellStart } from './matrix.ts';
import { type Preparation, type Prepared, prepare } from './prepare.ts';
import { asFailure, howItEnded, runStarted, runStep } from './run-step.ts';
import { Scene } from './scene.ts';
import { Teardown } from './teardown.ts';
import { World } from './world.ts';

export interface MatrixRequest extends Preparation {
  /** The run's folder. */
  dir: string;
  /** Told when a cell's journal cannot be written. */
  onBroken: (error: unknown) => void;
  /** Told when a cell has its journal. */
  onCell?: (cell: { name: string; title: string; live: Live; journal: Journal }) => void;
}

/** One journal and what it is of: a cell, or the start that several cells share. */
interface Take {
  journal: Journal;
  live: Live;
  profile: Profile;
}

/** Cells in the order they run: those that share a start follow each other, so that it is made once. */
export function inOrder(cells: readonly Cell[]): Cell[] {
  const groups = Map.groupBy(cells, (cell) => cell.start?.name ?? '');
  return [...groups.values()].flat();
}

/** Runs the cells of a matrix, each from the same start and with a journal of its own. */
export class CellRunner {
  readonly #p: MatrixRequest;
  /** The cluster that stands now: with checkpoints always the same one, else that of the last cell. */
  #prepared: Prepared;
  /** The cluster is as the preparation left it, so that the next cell needs no restore. */
  #untouched = true;
  #root: Checkpoint | undefined;
  #start: { name: string; checkpoint?: Checkpoint; failure?: string } | undefined;
  #clusters = 0;

  constructor(p: MatrixRequest, prepared: Prepared) {
    this.#p = p;
    this.#prepared = prepared;
  }

  /**
   * Runs one cell to its end. What breaks a cell is told in its journal and does not stop the others.
   * Returns what broke it, if anything did. Throws when the run was interrupted.
   */
  async run(cell: Cell): Promise<Error | undefined> {
    const { signal, journal } = this.#p;
    const started = journal.now();
    journal.append({ type: 'mark', name: 'cell.started', data: { cell: cell.name } });
    let broke: Error | undefined;
    let how: RunEnded['how'] = 'completed';
    const ended = (error: unknown) => {
      how = howItEnded(error, signal).how;
      if (how === 'error') broke = asFailure(error);
    };
    const unstarted = await this.#prepareStart(cell.start).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const play = async (take: Take) => {
      if (unstarted !== undefined) throw unstarted.error;
      await this.#play(cell, take);
    };
    await this.#record(join('cells', cell.name), cell, play).catch(ended);
    const data = { cell: cell.name, how, seconds: journal.now() - started };
    journal.append({ type: 'mark', name: 'cell.ended', data });
    signal.throwIfAborted();
    return broke;
  }

  /** Opens a journal in a folder of the run's, and closes it with how it ended, whatever happened. Rethrows that. */
  async #record(folder: string, of: Cell | CellStart, play: (take: Take) => Promise<void>): Promise<void> {
    const { dir, signal } = this.#p;
    mkdirSync(join(dir, folder), { recursive: true });
    const journal = new Journal(join(dir, folder, 'journal.ndjson'), this.#p.onBroken);
    const live = new Live();
    journal.subscribe((event) => live.see(event));
    const profile = this.#profileOf(of);
    journal.append({ ...runStarted({ ...this.#p, profile }), cell: of.name });
    this.#p.onCell?.({ name: of.name, title: of.title, live, journal });
    let ended: RunEnded = { type: 'run.ended', how: 'completed' };
    try {
      await play({ journal, live, profile });
    } catch (error) {
      ended = howItEnded(error, signal);
      throw error;
    } finally {
      journal.append(ended);
      await this.#prepared.scene.close().catch((error: unknown) => {
        journal.append({ type: 'note', text: `not everything of the cell could be closed: ${reasonOf(error)}` });
      });
      journal.close();
    }
  }

  async #play(cell: Cell, take: Take): Promise<void> {
    const world = await this.#worldFor(cell.start, take);
    take.journal.append({ type: 'mark', name: CELL_BEGAN });
    for (const step of cell.steps) await runStep(step, world, take.journal);
  }

  #profileOf(of: Cell | CellStart): Profile {
    const start = 'steps' in of ? of.start : undefined;
    return [start, of].reduce((profile, layer) => layer?.profile?.(profile) ?? profile, this.#p.profile);
  }

  /** With checkpoints: makes what several cells start from, once, and checkpoints it. Throws what kept it from being made. */
  async #prepareStart(start: CellStart | undefined): Promise<void> {
    const { handle } = this.#prepared;
    if (handle.checkpoint === undefined) return;
    if (this.#root === undefined) this.#root = await this.#checkpoint('prepared');
    if (this.#start !== undefined && this.#start.name !== start?.name) {
      await this.#start.checkpoint?.remove();
      this.#start = undefined;
    }
    if (start === undefined) return;
    if (this.#start?.failure !== undefined) throw new NotSeenStart(start, this.#start.failure);
    if (this.#start !== undefined) return;
    this.#start = { name: start.name };
    try {
      await this.#record(join('starts', start.name), start, async (take) => {
        const world = await this.#worldFor(undefined, take);
        await runStep(startPhase(start), world, take.journal);
      });
      this.#start.checkpoint = await this.#checkpoint(`start-${start.name}`);
    } catch (error) {
      this.#p.signal.throwIfAborted();
      this.#start.failure = reasonOf(error);
      throw new NotSeenStart(start, this.#start.failure);
    }
  }

  async #checkpoint(name: string): Promise<Checkpoint> {
    const { journal, signal, progress } = this.#p;
    await this.#prepared.scene.close();
    const taking = progress.step(`checkpoint ${name}`);
    const taken = await this.#prepared.handle.checkpoint!(name, signal);
    const { seconds, bytes } = taken;
    taking(`${Math.round(bytes / 1e6)} MB`);
    journal.append({ type: 'mark', name: 'checkpoint.taken', data: { checkpoint: name, seconds, bytes } });
    this.#untouched = true;
    return taken;
  }

  /** A cluster as the preparation (and the start) left it, with a new scene around it. */
  async #worldFor(start: CellStart | undefined, take: Take): Promise<World> {
    const { signal, runId, safeguards, experiment } = this.#p;
    const { handle } = this.#prepared;
    const { journal } = take;
    if (handle.checkpoint === undefined && !this.#untouched) {
      await this.#makeAnew(take);
      const world = new World(this.#prepared.scene.parts);
      for (const step of experiment.steps) await runStep(step, world, journal);
      if (start !== undefined) await runStep(startPhase(start), world, journal);
      return world;
    }
    const checkpoint = start === undefined ? this.#root : this.#start?.checkpoint;
    if (!this.#untouched) await checkpoint?.restore(signal);
    const from = checkpoint?.name ?? 'the preparation itself';
    const data = { checkpoint: from, restored: !this.#untouched, seconds: journal.now() };
    journal.append({ type: 'mark', name: 'checkpoint.restored', data });
    this.#untouched = false;
    // Without checkpoints the scene of the preparation still stands; two would probe, and count, everything twice.
    await this.#prepared.scene.close();
    const base = await credentialsFrom(handle.kubeconfig);
    const admin = new KubeClient(base, { actor: 'harness', connections: 16 });
    const scene = new Scene({ ...take, safeguards, runId, signal, handle, base, admin });
    this.#prepared = { ...this.#prepared, scene };
    await scene.observe();
    await scene.populate(this.#prepared.people);
    const world = new World(scene.parts);
    // Without checkpoints, the first cell has the run's own cluster, which knows nothing of its start yet.
    if (handle.checkpoint === undefined && start !== undefined) await runStep(startPhase(start), world, journal);
    return world;
  }

  /** The cluster of the cell before goes, and a new one comes, with the preparation of the experiment. */
  async #makeAnew(take: Take): Promise<void> {
    const { teardown, provider, runId, dir } = this.#p;
    await collectLogs(this.#prepared.handle, join(dir, 'logs'));
    await teardown.run(provider.cleanupSeconds);
    const own = new Teardown();
    teardown.push('cluster of the cell', () => own.run(provider.cleanupSeconds));
    this.#clusters += 1;
    const cluster = `${clusterName(runId)}-${this.#clusters}`;
    this.#prepared = await prepare({ ...this.#p, ...take, keep: false, teardown: own, cluster });
  }
}

function startPhase(start: CellStart) {
  return { phase: 'start', title: start.title, run: (world: World) => start.prepare(world) };
}

/** The common start of some cells could not be made, so there is nothing to try there. */
class NotSeenStart extends NotSeen {
  constructor(start: CellStart, reason: string) {
    super({
      code: 'NOT_SEEN',
      kind: 'infrastructure',
      what: `the start "${start.name}" could not be made`,
      seen: reason,
    });
  }
}
