import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { History } from '../../../harness/cli/history-store.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { toJson } from '../../../reports/json.ts';
import { check, result } from '../reports/results.ts';
import { falldown, Home } from './falldown.ts';

describe('history', function () {
  this.timeout(60_000);
  let home: Home;
  let db: string;
  beforeEach(() => {
    home = new Home();
    db = join(home.state, 'history.db');
  });
  afterEach(() => home.close());

  const codeOf = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return error instanceof FalldownError ? error.code : String(error);
    }
    return undefined;
  };

  it('keeps runs, each once, oldest first', () => {
    {
      using history = History.open();
      history.add(result({ runId: 'b', startedAt: '2026-01-02T00:00:00Z' }));
      history.add(result({ runId: 'a', startedAt: '2026-01-01T00:00:00Z' }));
      history.add(result({ runId: 'b', startedAt: '2026-01-02T00:00:00Z', seed: 7 }));
    }
    using again = History.open();
    expect(again.results().map((r) => [r.runId, r.seed])).to.deep.equal([
      ['a', 42],
      ['b', 7],
    ]);
  });

  it('waits for another process that writes, and loses neither’s run', async () => {
    using one = History.open();
    one.add(result({ runId: 'before' }));
    // Holds the lock for half a second after it said so.
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync(process.argv[1], { timeout: 10_000 });
      db.exec("BEGIN IMMEDIATE; INSERT INTO runs SELECT 'theirs', started_at, replace(result, 'before', 'theirs') FROM runs");
      console.log('locked');
      setTimeout(() => db.exec('COMMIT'), 500);`;
    const other = spawn(process.execPath, ['--no-warnings', '-e', script, db], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    const started = performance.now();
    one.add(result({ runId: 'ours' }));
    expect(performance.now() - started).to.be.above(100);
    expect(one.results().map((r) => r.runId)).to.have.members(['before', 'theirs', 'ours']);
  });

  it('leaves out a run that it cannot read, and knows the others', () => {
    using history = History.open();
    for (const runId of ['good', 'newer']) history.add(result({ runId }));
    using raw = new DatabaseSync(db);
    raw.exec(
      "UPDATE runs SET result = replace(result, '\"schemaVersion\": 1', '\"schemaVersion\": 9') WHERE run_id = 'newer'",
    );
    expect(history.results().map((r) => r.runId)).to.deep.equal(['good']);
  });

  it('refuses a damaged file and leaves it as it is', () => {
    mkdirSync(home.state, { recursive: true });
    writeFileSync(db, 'this is no database, and somebody may want it back'.repeat(50));
    expect(codeOf(() => History.open())).to.equal('HISTORY_DAMAGED');
    expect(readFileSync(db, 'utf8')).to.include('may want it back');
  });

  it('refuses what a newer falldown wrote, and changes nothing', () => {
    mkdirSync(home.state, { recursive: true });
    using newer = new DatabaseSync(db);
    newer.exec('PRAGMA user_version = 9');
    expect(codeOf(() => History.open())).to.equal('HISTORY_NEWER');
    expect(newer.prepare('PRAGMA user_version').get()).to.deep.include({ user_version: 9 });
  });

  it('takes in a folder of old runs, names the damaged one, and compares what it knows', async () => {
    const out = join(home.dir, 'runs');
    const write = (id: string, text: string) => {
      mkdirSync(join(out, id), { recursive: true });
      writeFileSync(join(out, id, 'result.json'), text);
    };
    write('good-1', toJson(result({ runId: 'good-1' })));
    const bad = [check({ verdict: 'violated' })];
    write(
      'good-2',
      toJson(result({ runId: 'good-2', startedAt: '2026-11-24T00:00:00Z' }, { verdict: 'violated', checks: bad })),
    );
    write('torn', '{"schemaVersion":1');
    const added = await falldown(['history', '--add', out], home.env);
    expect(added.stderr).to.include('2 runs of').and.include('torn');
    expect(added.stdout).to.include('1 of 2').and.include('100 %');
    const found = await falldown(['compare', 'good-1', 'good-2', '--out', join(home.dir, 'none')], home.env);
    expect(found).to.include({ code: 1 });
    expect(found.stdout).to.match(/^WORSE: 1 thing/);
    const json = await falldown(['compare', 'good-2', 'good-1', '-o', 'json'], home.env);
    expect(JSON.parse(json.stdout).verdict).to.equal('not worse');
    expect(json.code).to.equal(0);
  });

  it('compares no runs of different experiments', async () => {
    {
      using history = History.open();
      history.add(result({ runId: 'x-1' }));
      history.add(result({ runId: 'y-1' }, { name: 'other' }));
    }
    const { code, stderr } = await falldown(['compare', 'x-1', 'y-1'], home.env);
    expect(code).to.equal(2);
    expect(stderr).to.include('COMPARE_DIFFERENT');
  });
});
