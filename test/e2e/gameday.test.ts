import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { processesOf } from '../../harness/processes.ts';
import type { Scorecard } from '../../reports/gameday/scorecard.ts';
import { appears, Falldown } from './falldown.ts';

const script = (name: string) => fileURLToPath(new URL(`../../docs/game-day/${name}.yaml`, import.meta.url));

describe('a game day', () => {
  let falldown: Falldown;

  before(async () => {
    falldown = await Falldown.make();
  });
  after(() => falldown.dispose());

  const game = (crew: string, ...more: string[]) => {
    const args = ['gameday', 'admission-deadlock', '--pods', '100', '--within', '6', '--seed', '7'];
    return falldown.start([...args, '--script', script(crew), '--out', falldown.out, '-o', 'json', ...more]);
  };
  const part = (card: Scorecard, name: string) => card.parts.find((p) => p.name === name)!;

  it('played well is recovered from, and every part of the score is known and explained', async function () {
    this.timeout(240_000);
    const { code, stdout, stderr } = await game('good-crew').done;
    expect(code, stderr).to.equal(0);
    const card = JSON.parse(stdout) as Scorecard;
    expect(card).to.deep.include({ verdict: 'recovered', ended: 'finished', notKnown: [], wrongTurns: [] });
    for (const { name, because } of card.parts) expect(because, name).to.have.length.above(10);
    expect(part(card, 'diagnose').points).to.equal(20);
    expect(card.points).to.be.above(90);
    expect(card.exposure.admitted).to.be.above(0);
    // The dashboards said for all that time that the gatekeeper is there.
    expect(card.dashboards.find((d) => d.panel === 'Gatekeeper replicas ready')?.liedSeconds).to.be.above(5);
    expect(card.requests?.find((r) => r.actor === 'platform-admin')).to.deep.include({ changes: 3, refused: 0 });
    expect(await falldown.leftovers()).to.deep.equal([]);
  });

  it('played badly is not, and says which turns were wrong, from the audit log', async function () {
    this.timeout(240_000);
    const run = game('bad-crew');
    await appears(run, 'the crew can take over');
    await twoAudiences(run.text());
    const { code, stdout, stderr } = await run.done;
    expect(code, stderr).to.equal(1);
    const card = JSON.parse(stdout) as Scorecard;
    expect(card).to.include({ verdict: 'not-recovered', ended: 'finished' });
    expect(card.points).to.be.below(30);
    expect(part(card, 'diagnose').points).to.equal(0);
    expect(card.hints.map((h) => h.price)).to.deep.equal([3, 5]);
    const turns = card.wrongTurns ?? [];
    const seen = turns.map((w) => `${w.actor} ${w.kind} ${w.code}`);
    expect(seen).to.include('infra-oncall refused 403');
    expect(seen).to.include('infra-oncall refused 500');
    expect(seen).to.include('platform-admin useless 200');
    expect(turns.find((w) => w.code === 403)?.what).to.include('validatingwebhookconfigurations');
    expect(await falldown.leftovers()).to.deep.equal([]);
    // From the journal alone the same card again.
    const again = await falldown.run(['gameday', 'report', 'latest', '--out', falldown.out, '-o', 'json']);
    expect(JSON.parse(again.stdout)).to.deep.equal(card);
    const dir = await realpath(join(falldown.out, 'latest'));
    expect(await readdir(dir)).to.include.members(['debrief.html', 'debrief.md', 'scorecard.json', 'participants']);
  });

  it('aborted from another terminal is gone, and its card says so', async function () {
    this.timeout(120_000);
    // A fan-out that takes minutes, and is waited for, when the game ends.
    const size = ['--pods', '20000', '--within', '2'];
    const run = falldown.start(['gameday', 'starvation', ...size, '--out', falldown.out, '-o', 'json']);
    await appears(run, 'the crew can take over');
    const [cluster] = await falldown.clusters();
    expect((await falldown.run(['gameday', 'ack', '--as', 'nobody'])).code).to.equal(2);
    const session = await realpath(join(falldown.out, 'latest'));
    const briefing = await readFile(join(session, 'participants', 'BRIEFING.md'), 'utf8');
    expect(briefing.replaceAll(/^- `.*$/gm, ''))
      .to.include('export KUBECONFIG=')
      .and.not.match(/starv|deadlock/i);
    expect((await falldown.run(['gameday', 'pause'])).stderr).to.include('paused');
    expect((await falldown.run(['gameday', 'status'])).stdout).to.include('paused');
    expect((await falldown.run(['gameday', 'abort'])).code).to.equal(0);
    const { code, stdout } = await run.done;
    expect(code).to.equal(3);
    expect(JSON.parse(stdout)).to.include({ ended: 'aborted', verdict: 'inconclusive' });
    expect(processesOf(cluster as string)).to.deep.equal([]);
    expect(await falldown.leftovers()).to.deep.equal([]);
    expect((await falldown.run(['gameday', 'status'])).code).to.equal(2);
  });

  /** Over HTTP, with the secrets that the real session made: what each may see. */
  async function twoAudiences(text: string): Promise<void> {
    const dashboard = /their dashboard\s+(\S+)/.exec(text)?.[1] as string;
    const facilitator = /yours, all is on it\s+(\S+)/.exec(text)?.[1] as string;
    const [seen, all] = await Promise.all(
      [dashboard, facilitator].map(async (url) => (await fetch(`${url}view`)).text()),
    );
    expect(all).to.include('"plan"').and.include('rolls out a service');
    expect(seen).to.include('"panels"').and.not.include('"plan"').and.not.include('rolls out a service');
    expect((await fetch(`${dashboard}finish`, { method: 'POST' })).status).to.equal(404);
    const dir = await realpath(join(falldown.out, 'latest'));
    const briefing = await readFile(join(dir, 'participants', 'BRIEFING.md'), 'utf8');
    expect(briefing).to.include(dashboard).and.not.include(facilitator);
  }
});
