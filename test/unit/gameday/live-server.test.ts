import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Board, type ParticipantView } from '../../../harness/gameday/board.ts';
import { Controls } from '../../../harness/gameday/controls.ts';
import { type LiveServer, serveLive } from '../../../harness/gameday/live-server.ts';
import { STEP_DONE } from '../../../harness/gameday/record.ts';
import { admissionDeadlock } from '../../../harness/gameday/scenarios/admission-deadlock.ts';
import { schedule } from '../../../harness/gameday/schedule.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { livePage } from '../../../reports/gameday/live-page.ts';
import { aGame, answers, audit, refusedByWebhook } from './a-game.ts';

/** What only the facilitator may know: none of it may reach a participant. */
const SECRETS = [
  '"plan"',
  '"clocks"',
  '"truth"',
  '"lie"',
  '"wrongTurns"',
  '"timeline"',
  '"points"',
  '"refused"',
  '"slippedIn"',
  'rolls out a service',
  'webhook-down',
];

describe('the live page’s server', () => {
  let dir: string;
  let journal: Journal;
  let server: LiveServer;
  let controls: Controls;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-live-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    const board = new Board(admissionDeadlock, schedule(admissionDeadlock, 60, 1), () => journal.now());
    const game = aGame();
    answers(game, 5, 'closed');
    audit(game, { verb: 'delete', ns: 'encoding', name: 'p', ...refusedByWebhook });
    for (const { seq, t, at, ...entry } of game.events()) board.see({ seq, t: t - game.now, at, ...entry } as never);
    journal.subscribe((event) => board.see(event));
    controls = new Controls(admissionDeadlock, journal, board.record);
    server = await serveLive(board, controls, livePage());
  });
  afterEach(async () => {
    await server.close();
    journal.close();
    rmSync(dir, { recursive: true });
  });

  // biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is what is looked at here.
  const bodyOf = async (answer: Promise<Response>): Promise<any> => (await answer).json();
  const view = (audience: 'facilitator' | 'participant') => bodyOf(fetch(`${server.urls[audience]}view`));
  const post = (audience: 'facilitator' | 'participant', action: string, body: unknown = {}) =>
    fetch(`${server.urls[audience]}${action}`, { method: 'POST', body: JSON.stringify(body) });

  it('tells a participant what the dashboards show, the lies among it, and nothing that only the facilitator knows', async () => {
    const text = JSON.stringify(await view('participant'));
    for (const secret of SECRETS) expect(text, secret).not.to.include(secret);
    const seen = JSON.parse(text) as ParticipantView;
    expect(seen.audience).to.equal('participant');
    expect(seen.panels.find((p) => p.name === 'Gatekeeper replicas ready')?.value).to.equal(1);
  });

  it('takes nothing more when the game is over, and ticks off a hidden step when it was done', async () => {
    const planned = async () =>
      ((await view('facilitator')).plan as { name: string; done: boolean }[]).map((p) => p.done);
    expect(await planned()).to.deep.equal([false, false]);
    journal.append({ type: 'mark', name: STEP_DONE, data: { step: 'fan-out' } });
    expect(await planned()).to.deep.equal([true, false]);
    expect((await post('participant', 'ack', { by: 'infra-oncall' })).status).to.equal(200);
    controls.end('finished');
    for (const action of ['ack', 'diagnose', 'hint']) {
      const answer = await post('participant', action, { by: 'infra-oncall', cause: 'etcd-full' });
      expect(answer.status, action).to.equal(400);
      expect((await bodyOf(Promise.resolve(answer))).error.code).to.equal('GAMEDAY_NOT_NOW');
    }
    expect((await post('facilitator', 'pause')).status).to.equal(400);
  });

  it('tells the facilitator all of it', async () => {
    const seen = await view('facilitator');
    const text = JSON.stringify(seen);
    for (const secret of SECRETS.slice(0, 10)) expect(text, secret).to.include(secret);
    expect(seen.panels[0]).to.include({ shown: 1, truth: null, lie: true });
    expect(seen.wrongTurns).to.have.length(1);
  });

  it('sends the same as events, to each audience its own', async () => {
    for (const audience of ['participant', 'facilitator'] as const) {
      const answer = await fetch(`${server.urls[audience]}events`);
      expect(answer.headers.get('content-type')).to.equal('text/event-stream');
      const reader = answer.body!.getReader();
      const text = new TextDecoder().decode((await reader.read()).value);
      await reader.cancel();
      expect(text.startsWith('data: ')).to.equal(true);
      expect(JSON.parse(text.slice(6).trim()).audience).to.equal(audience);
    }
  });

  it('gives a participant no way to what is the facilitator’s', async () => {
    for (const action of ['pause', 'resume', 'finish', 'abort', 'facilitator', '../view']) {
      expect((await post('participant', action)).status, action).to.equal(404);
    }
    const { origin } = new URL(server.urls.participant);
    for (const path of ['/', '/view', '/events', '/session.json', '/journal.ndjson', '/facilitator/view']) {
      expect((await fetch(`${origin}${path}`)).status, path).to.equal(404);
    }
    // A secret that is nearly right is wrong.
    const guess = server.urls.facilitator.slice(0, -3);
    expect((await fetch(`${guess}AA/view`)).status).to.equal(404);
  });

  it('is for its own address alone, not for a name or a page that leads here', async () => {
    expect(await statusWith(server.urls.participant, { host: 'evil.example' })).to.equal(403);
    expect(await statusWith(server.urls.participant, { origin: 'https://evil.example' })).to.equal(403);
    expect(await statusWith(server.urls.participant, {})).to.equal(200);
    expect(await statusWith(server.urls.participant, { host: 'localhost:9999' })).to.equal(200);
  });

  it('says by headers what the page may do', async () => {
    const { headers } = await fetch(server.urls.participant);
    expect(headers.get('content-security-policy')).to.include("default-src 'none'").and.include("connect-src 'self'");
    expect(headers.get('referrer-policy')).to.equal('no-referrer');
    expect(headers.get('cache-control')).to.equal('no-store');
  });

  it('takes what the crew says, and answers a mistake with what would have been right', async () => {
    expect((await post('participant', 'ack', { by: 'security-team' })).status).to.equal(200);
    expect((await post('participant', 'diagnose', { by: 'infra-oncall', cause: 'etcd-full' })).status).to.equal(200);
    expect((await view('participant')).said).to.deep.equal([
      'infra-oncall: etcd is full or slow: the API server cannot store anything',
    ]);
    const wrong = await post('participant', 'diagnose', { cause: 'the-moon' });
    expect(wrong.status).to.equal(400);
    expect((await bodyOf(Promise.resolve(wrong))).error).to.include({ code: 'GAMEDAY_CAUSE_UNKNOWN' });
    expect((await bodyOf(post('participant', 'ack', { by: 'ceo' }))).error.code).to.equal('GAMEDAY_ROLE_UNKNOWN');
  });

  it('gives hints until there are none', async () => {
    for (const { text } of admissionDeadlock.hints) {
      expect((await bodyOf(post('participant', 'hint'))).said).to.include(text);
    }
    expect((await bodyOf(post('participant', 'hint'))).error.code).to.equal('GAMEDAY_NO_HINTS');
  });

  it('pauses once, resumes once, and ends once', async () => {
    expect((await bodyOf(post('facilitator', 'resume'))).error.code).to.equal('GAMEDAY_NOT_NOW');
    await post('facilitator', 'pause');
    expect(await view('participant')).to.include({ paused: true });
    expect((await bodyOf(post('facilitator', 'pause'))).error.code).to.equal('GAMEDAY_NOT_NOW');
    await post('facilitator', 'resume');
    await post('facilitator', 'abort');
    await post('facilitator', 'finish');
    expect(await controls.ended).to.equal('aborted');
  });

  it('refuses what is no request', async () => {
    const send = (body: string) => fetch(`${server.urls.participant}ack`, { method: 'POST', body });
    expect((await send('{')).status).to.equal(400);
    expect((await send('x'.repeat(10_000))).status).to.equal(400);
  });
});

/** fetch does not let a caller set these headers. */
function statusWith(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
