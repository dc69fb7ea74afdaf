import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateDir } from '../paths.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../processes.ts';

/** Something that exists outside this process and must be removed one day. */
export interface Resource {
  /** `processes`: those that carry a mark, which is their name (Prometheus beside a run). */
  kind: 'cluster' | 'processes';
  /** Of processes `host`. */
  provider: string;
  /** The cluster; with provider `current`, what the run has put into somebody's own cluster. */
  name: string;
}

export interface LedgerFile {
  runId: string;
  /** What was run, for people: `run admission-deadlock`, `up`. */
  title: string;
  startedAt: string;
  owner: ProcessIdentity | null;
  /** Meant to outlive its maker (`up`, `run --keep`): only `down` and `cleanup --all` remove it. */
  keep: boolean;
  resources: Resource[];
  /** Folder with the run's journal, if it has one. */
  runDir?: string | undefined;
}

function ledgerDir(): string {
  return join(stateDir(), 'ledger');
}

/**
 * What a run has made. A resource is written down before it is made and crossed out after it is gone, so that a crash
 * at any moment leaves a record of everything that may exist.
 */
export class Ledger {
  readonly #path: string;
  readonly #file: LedgerFile;

  private constructor(path: string, file: LedgerFile) {
    this.#path = path;
    this.#file = file;
  }

  static open(runId: string, title: string, runDir?: string): Ledger {
    mkdirSync(ledgerDir(), { recursive: true, mode: 0o700 });
    const ledger = new Ledger(join(ledgerDir(), `${runId}.json`), {
      runId,
      title,
      startedAt: new Date().toISOString(),
      owner: identityOf(process.pid) ?? null,
      keep: false,
      resources: [],
      runDir,
    });
    ledger.#save();
    return ledger;
  }

  /** Takes over what another run, now dead or done, has left. */
  static adopt(file: LedgerFile): Ledger {
    return new Ledger(join(ledgerDir(), `${file.runId}.json`), file);
  }

  get file(): Readonly<LedgerFile> {
    return this.#file;
  }

  record(resource: Resource): void {
    this.#file.resources.push(resource);
    this.#save();
  }

  forget(resource: Resource): void {
    this.#file.resources = this.#file.resources.filter((r) => r.kind !== resource.kind || r.name !== resource.name);
    this.#save();
  }

  keep(): void {
    this.#file.keep = true;
    this.#save();
  }

  /** With nothing left to remove there is nothing to remember. */
  close(): void {
    if (this.#file.resources.length === 0) rmSync(this.#path, { force: true });
  }

  #save(): void {
    // Written beside and renamed: a crash in the middle must not lose what is already recorded.
    const temporary = `${this.#path}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(this.#file, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, this.#path);
  }
}

export function readLedgers(): LedgerFile[] {
  let names: string[];
  try {
    names = readdirSync(ledgerDir());
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readLedger(join(ledgerDir(), name)))
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** A run that ends right now takes its file away between our looking and reading: then there is nothing to tell. */
function readLedger(path: string): LedgerFile[] {
  try {
    return [JSON.parse(readFileSync(path, 'utf8')) as LedgerFile];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Is the process that made it still there? */
export function ownerLives(file: LedgerFile): boolean {
  return file.owner !== null && isAlive(file.owner);
}
