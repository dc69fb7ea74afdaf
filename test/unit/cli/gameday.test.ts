import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Scorecard } from '../../../reports/gameday/scorecard.ts';
import { ended, wellPlayed } from '../gameday/a-game.ts';
import { falldown } from './falldown.ts';

describe('falldown gameday', function () {
  this.timeout(60_000);
  let dir: string;
  let session: string;

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-gameday-cli-'));
    session = join(dir, 'out', '20261124T070000Z-gameday-3fa9c1');
    mkdirSync(session, { recursive: true });
    const lines = ended(wellPlayed())
      .events()
      .map((e) => JSON.stringify(e.type === 'run.started' ? { ...e, experiment: 'gameday admission-deadlock' } : e));
    writeFileSync(join(session, 'journal.ndjson'), `${lines.join('\n')}\n`);
  });
  after(() => rmSync(dir, { recursive: true }));

  const run = (...args: string[]) => falldown(['gameday', ...args], { XDG_STATE_HOME: dir });

  it('report rebuilds all papers of a session from its journal, in any format', async () => {
    const out = ['--out', join(dir, 'out')];
    const json = await run('report', '3fa9c1', ...out, '-o', 'json');
    expect(json, json.stderr).to.include({ code: 0 });
    expect(JSON.parse(json.stdout) as Scorecard).to.include({ points: 100, verdict: 'recovered' });
    expect(readFileSync(join(session, 'scorecard.json'), 'utf8')).to.equal(json.stdout);
    const markdown = await run('report', '3fa9c1', ...out, '-o', 'markdown');
    expect(markdown.stdout).to.include('# The day nothing started: RECOVERED').and.include('## Timeline');
    expect(readFileSync(join(session, 'debrief.md'), 'utf8')).to.equal(markdown.stdout);
    const screen = await run('report', session);
    expect(screen.stdout).to.include('RECOVERED: 100 of 100 points').and.include('debrief.html');
    expect(readFileSync(join(session, 'debrief.html'), 'utf8'))
      .to.include('What the cluster did')
      .and.include('<svg');
  });

  it('report says the same of an aborted session as the session did, and takes no run for one', async () => {
    const made = (name: string, experiment: string, how: 'finished' | 'aborted') => {
      const folder = join(dir, 'out', name);
      mkdirSync(folder, { recursive: true });
      const lines = ended(wellPlayed(), how)
        .events()
        .map((e) => JSON.stringify(e.type === 'run.started' ? { ...e, experiment } : e));
      writeFileSync(join(folder, 'journal.ndjson'), `${lines.join('\n')}\n`);
      return folder;
    };
    expect(await run('report', made('aborted', 'gameday admission-deadlock', 'aborted'))).to.include({ code: 3 });
    const folder = made('a-run', 'admission-deadlock', 'finished');
    const { code, stderr } = await run('report', folder);
    expect(code).to.equal(2);
    expect(stderr).to.include('RUN_IS_NO_GAME_DAY');
    expect(readdirSync(folder)).to.deep.equal(['journal.ndjson']);
  });

  it('is named by `falldown report`, which has no checks for it', async () => {
    const { code, stderr } = await falldown(['report', session], { XDG_STATE_HOME: dir });
    expect(code).to.equal(2);
    expect(stderr).to.include('RUN_IS_GAME_DAY').and.include('falldown gameday report');
  });

  it('says what is wrong before anything is made', async () => {
    const wrong = {
      GAMEDAY_SCENARIO_UNKNOWN: ['admision-deadlock'],
      GAMEDAY_NONE: ['ack'],
      FILE_NOT_FOUND: ['admission-deadlock', '--script', '/nowhere.yaml'],
      RUN_UNKNOWN: ['report', 'nothing', '--out', join(dir, 'out')],
      PROFILE_UNKNOWN: ['admission-deadlock', '--profile', 'nothing'],
    };
    for (const [code, args] of Object.entries(wrong)) {
      const { code: exit, stderr, stdout } = await run(...args);
      expect({ exit, stdout }, code).to.deep.equal({ exit: 2, stdout: '' });
      expect(stderr).to.include(code);
    }
    expect((await run('admision-deadlock')).stderr).to.include('did you mean “admission-deadlock”');
    expect((await run()).stderr).to.include('a game day needs a scenario');
  });

  it('lists the scenarios', async () => {
    const { stdout } = await run('scenarios', '-o', 'json');
    expect((JSON.parse(stdout) as { name: string }[]).map((s) => s.name)).to.include.members([
      'admission-deadlock',
      'starvation',
    ]);
    expect((await run('scenarios')).stdout).to.match(/^NAME +PROFILE/);
  });
});
