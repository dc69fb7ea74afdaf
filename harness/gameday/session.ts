import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { ClusterProvider, Profile, Progress } from '../../clusters/providers/provider.ts';
import type { FalldownError } from '../errors.ts';
import type { RunEnded, RunStarted } from '../journal/events.ts';
import { Journal } from '../journal/writer.ts';
import { KubeClient } from '../kube/client.ts';
import { writeKubeconfigs } from '../kube/write-kubeconfigs.ts';
import { followAuditLog } from '../observe/audit-log.ts';
import { Live } from '../observe/live.ts';
import { clusterDir } from '../paths.ts';
import { closeRun } from '../run/close-run.ts';
import { makeRunFolder, newRunId } from '../run/folder.ts';
import { Ledger } from '../run/ledger.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import { asFailure, howItEnded, runStarted } from '../run/run-step.ts';
import { Teardown } from '../run/teardown.ts';
import { World } from '../run/world.ts';
import { Board } from './board.ts';
import { Controls } from './controls.ts';
import { type LivePage, type LiveServer, serveLive } from './live-server.ts';
import { briefing, createParticipants, PARTICIPANTS } from './participants.ts';
import { play } from './play.ts';
import { STEP_DONE } from './record.ts';
import type { Scenario } from './scenario.ts';
import { type Due, schedule } from './schedule.ts';
import type { GameDayScript } from './script.ts';
import { SESSION_FILE, type SessionFile } from './session-file.ts';

export interface GameDayRequest {
  scenario: Scenario;
  provider: ClusterProvider;
  profile: Profile;
  /** Everything happens within this long of the game; seconds. */
  withinSeconds: number;
  /** The game ends by itself after so long, pauses left out; seconds. */
  limitSeconds: number;
  script: GameDayScript | undefined;
  kubectl: string;
  page: LivePage;
  seed: number;
  argv: string[];
  toolchainSeconds: number;
  /** Folder that the session's folder is made in. */
  out: string;
  version: RunStarted['falldown'];
  signal: AbortSignal;
  progress: Progress;
  /** The session has a folder and a journal. */
  onStart(dir: string): void;
  /** The crew can take over. */
  onReady(open: OpenSession): void;
}

export interface OpenSession {
  dir: string;
  urls: LiveServer['urls'];
  kubeconfigs: ReadonlyMap<string, string>;
  briefing: string;
  board: Board;
  controls: Controls;
}

export interface GameDayOutcome {
  dir: string;
  failures: FalldownError[];
}

/** A game day from an empty machine to a finished journal: provision → brief → break and watch → clean up. */
export async function holdGameDay(request: GameDayRequest): Promise<GameDayOutcome> {
  const { scenario, profile, progress, signal, provider } = request;
  // The crew sees the folder's name, which must not tell them what is coming.
  const runId = newRunId('gameday');
  const dir = makeRunFolder(request.out, runId);
  const ledger = Ledger.open(runId, `gameday ${scenario.name}`, dir);
  const journal = new Journal(join(dir, 'journal.ndjson'));
  const live = new Live();
  const plan = schedule(scenario, request.withinSeconds, request.seed);
  const board = new Board(scenario, plan, () => journal.now());
  journal.subscribe((event) => {
    live.see(event);
    board.see(event);
  });
  const experiment = { name: `gameday ${scenario.name}`, facts: scenario.facts };
  journal.append(runStarted({ ...request, runId, experiment }));
  mkdirSync(join(dir, 'manifests'));
  writeFileSync(join(dir, 'manifests', 'profile.yaml'), stringify(profile));
  request.onStart(dir);

  const teardown = new Teardown();
  const failures: FalldownError[] = [];
  let ended: RunEnded = { type: 'run.ended', how: 'completed' };
  let prepared: Prepared | undefined;
  let audited = async () => {};
  try {
    const preparation = { ...request, safeguards: undefined, runId, keep: false, logsTo: join(dir, 'logs') };
    prepared = await prepare({ ...preparation, journal, live, ledger, teardown, auditGroup: PARTICIPANTS });
    const session = new Session(request, { ...prepared, dir, runId, journal, teardown, plan, board });
    audited = await session.open();
    await session.hold();
  } catch (error) {
    ended = howItEnded(error, signal);
    if (!signal.aborted) failures.push(asFailure(error));
  }
  await audited();
  const { cleanupSeconds } = provider;
  const handle = prepared?.handle;
  failures.push(...(await closeRun({ ended, journal, handle, dir, progress, teardown, cleanupSeconds, ledger })));
  return { dir, failures };
}

type Ground = Prepared & {
  dir: string;
  runId: string;
  journal: Journal;
  teardown: Teardown;
  plan: readonly Due[];
  board: Board;
};

/** A prepared cluster with the crew around it. */
class Session {
  readonly #request: GameDayRequest;
  readonly #ground: Ground;
  readonly #board: Board;
  readonly #controls: Controls;
  #kubeconfigs: ReadonlyMap<string, string> = new Map();

  constructor(request: GameDayRequest, ground: Ground) {
    this.#request = request;
    this.#ground = ground;
    this.#board = ground.board;
    this.#controls = new Controls(request.scenario, ground.journal, ground.board.record);
  }

  /** Lets the crew in. Returns what makes sure of the end of the audit log, while the API server is still there. */
  async open(): Promise<() => Promise<void>> {
    const { scenario, profile, page, kubectl, onReady } = this.#request;
    const { dir, runId, journal, teardown, admin, base, handle } = this.#ground;
    const people = await createParticipants(admin, base, scenario, profile, runId);
    const folder = join(dir, 'participants');
    this.#kubeconfigs = await writeKubeconfigs(folder, handle.name, people);
    const audited = await this.#audit([...people.values()][0]);
    const server = await serveLive(this.#board, this.#controls, page);
    teardown.push('live page', () => server.close());
    const file: SessionFile = { sessionId: runId, scenario: scenario.name, urls: server.urls };
    writeFileSync(join(dir, SESSION_FILE), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    const text = briefing(scenario, this.#kubeconfigs, kubectl, server.urls.participant);
    const read = join(folder, 'BRIEFING.md');
    writeFileSync(read, text, { mode: 0o600 });
    const roles = scenario.roles.map(({ identity }) => identity);
    const { withinSeconds } = this.#request;
    journal.append({ type: 'gameday', op: 'started', by: 'falldown', scenario: scenario.name, roles, withinSeconds });
    const { urls } = server;
    onReady({
      dir,
      urls,
      kubeconfigs: this.#kubeconfigs,
      briefing: read,
      board: this.#board,
      controls: this.#controls,
    });
    return audited;
  }

  /** Breaks the cluster at the hidden times, and lets the crew, or the script, do what they can, until the end. */
  async hold(): Promise<void> {
    const { signal, script } = this.#request;
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const injecting = this.#inject(until);
    const playing = script === undefined ? aborted(until) : this.#play(script, until);
    const work = Promise.all([injecting, playing]);
    try {
      await Promise.race([this.#controls.ended, work, this.#limit(until), aborted(signal)]);
      // A script that is done is the end of the session; a crew that is played by people says so themselves.
      this.#controls.end('finished');
    } finally {
      over.abort();
      await Promise.allSettled([injecting, playing]);
    }
  }

  async #play(script: GameDayScript, signal: AbortSignal): Promise<void> {
    const { scenario, kubectl } = this.#request;
    const { journal, handle } = this.#ground;
    const stage = { scenario, journal, kubectl, signal, board: this.#board, controls: this.#controls };
    const cacheDir = join(clusterDir(handle.name), 'kubectl');
    await play(script, { ...stage, kubeconfigs: this.#kubeconfigs, cacheDir });
  }

  async #inject(signal: AbortSignal): Promise<void> {
    const { scene, plan, journal } = this.#ground;
    // A step that still waits for something ends with the game.
    const world = new World({ ...scene.parts, signal });
    for (const { step, at } of plan) {
      while (this.#board.seconds < at) await delay(100, undefined, { signal });
      await step.run(world);
      journal.append({ type: 'mark', name: STEP_DONE, data: { step: step.name } });
    }
  }

  async #limit(signal: AbortSignal): Promise<void> {
    while (this.#board.seconds < this.#request.limitSeconds) await delay(200, undefined, { signal });
    this.#controls.end('limit');
  }

  /** Follows the audit log, if there is one: without it, wrong turns are not known. */
  async #audit(marker: ConstructorParameters<typeof KubeClient>[0] | undefined): Promise<() => Promise<void>> {
    const { handle, journal } = this.#ground;
    if (handle.auditLog === undefined || marker === undefined) {
      journal.append({ type: 'watch', kind: 'Audit', op: 'gap', reason: 'this cluster has no audit log' });
      return async () => {};
    }
    const client = new KubeClient(marker, { actor: 'audit-marker', connections: 1 });
    const stop = await followAuditLog(handle.auditLog, journal, client);
    return async () => {
      await stop();
      await client.close();
    };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
