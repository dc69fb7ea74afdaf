import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Audience, Board } from '../../harness/gameday/board.ts';
import { Controls } from '../../harness/gameday/controls.ts';
import { type LiveServer, serveLive } from '../../harness/gameday/live-server.ts';
import { pictureOf } from '../../harness/gameday/picture.ts';
import { admissionDeadlock } from '../../harness/gameday/scenarios/admission-deadlock.ts';
import { schedule } from '../../harness/gameday/schedule.ts';
import { Journal } from '../../harness/journal/writer.ts';
import { debriefHtml } from '../../reports/gameday/debrief-html.ts';
import { livePage } from '../../reports/gameday/live-page.ts';
import { aGame, answers, audit, refusedByWebhook, scored, step, wellPlayed } from '../unit/gameday/a-game.ts';
import { launch } from './chromium.ts';

const GALLERY = new URL('../../reports/gallery/', import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('a game day in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let dir: string;
  let journal: Journal;
  let server: LiveServer;

  before(async function () {
    browser = await launch(this);
    dir = mkdtempSync(join(tmpdir(), 'falldown-gameday-'));
    mkdirSync(GALLERY, { recursive: true });
    journal = new Journal(join(dir, 'journal.ndjson'));
    const board = new Board(admissionDeadlock, schedule(admissionDeadlock, 60, 1), () => journal.now());
    const game = aGame();
    answers(game, 20, 'closed');
    audit(game, { verb: 'delete', ns: 'encoding', name: 'encode-1-x', ...refusedByWebhook });
    // As if all that had just happened; the dashboard takes a point a second of it.
    let next = -game.now;
    for (const { t, ...entry } of game.events()) {
      board.see({ ...entry, t: t - game.now } as never);
      if (t - game.now > next) {
        board.tick();
        next += 1;
      }
    }
    journal.subscribe((event) => board.see(event));
    server = await serveLive(board, new Controls(admissionDeadlock, journal, board.record), livePage());
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    journal?.close();
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  });

  /** Opens a page and gathers what it complains about, and every request that leaves its server. */
  async function open(url: string, options: BrowserContextOptions = {}): Promise<{ page: Page; noise: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
    page.on('request', (request) => request.url().startsWith(url) || noise.push(`request: ${request.url()}`));
    await page.goto(url);
    return { page, noise };
  }
  const live = async (audience: Audience, options: BrowserContextOptions = {}) => {
    const opened = await open(server.urls[audience], options);
    await opened.page.locator('.panel').first().waitFor();
    return opened;
  };
  const fits = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  const violations = async (page: Page): Promise<string[]> => {
    // The page's own policy would not let it in as a script element.
    await page
      .context()
      .newCDPSession(page)
      .then((cdp) => cdp.send('Runtime.evaluate', { expression: AXE }));
    const { violations: found } = (await page.evaluate('axe.run()')) as AxeResults;
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.target).join(' ')}`);
  };

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`${colorScheme}: the crew sees its dashboards, lies and all, and nothing else; the facilitator sees both`, async () => {
      const [crew, facilitator] = await Promise.all([
        live('participant', { colorScheme }),
        live('facilitator', { colorScheme }),
      ]);
      const panel = (page: Page) => page.locator('.panel', { hasText: 'Gatekeeper replicas ready' });
      expect(await panel(crew.page).locator('.value').innerText()).to.equal('1');
      expect(await crew.page.locator('.truth, .lie').count()).to.equal(0);
      expect(await panel(facilitator.page).locator('.value').innerText()).to.equal('1');
      expect(await panel(facilitator.page).locator('.truth').innerText()).to.equal('a lie: in truth nothing there');

      const [seen, all] = await Promise.all([crew, facilitator].map(({ page }) => page.locator('body').innerText()));
      for (const secret of ['rolls out a service', 'points so far', 'What comes when', 'Wrong turns', 'Abort']) {
        expect(all, secret).to.include(secret);
        expect(seen, secret).not.to.include(secret);
      }
      // Not hidden only: it never came.
      const html = await crew.page.content();
      for (const secret of ['rolls out a service', 'encode-1-x', 'requests refused, 0'])
        expect(html).not.to.include(secret);

      for (const [name, { page, noise }] of Object.entries({ crew, facilitator })) {
        expect(await fits(page), name).to.equal(0);
        expect(await violations(page), name).to.deep.equal([]);
        await page.screenshot({ path: join(GALLERY, `gameday-${name}-${colorScheme}.png`), fullPage: true });
        expect(noise, name).to.deep.equal([]);
        await page.context().close();
      }
    });
  }

  it('fits a phone', async () => {
    for (const audience of ['participant', 'facilitator'] as const) {
      const { page } = await live(audience, { viewport: { width: 390, height: 844 }, isMobile: true });
      expect(await fits(page), audience).to.equal(0);
      await page.screenshot({ path: join(GALLERY, `gameday-${audience}-phone.png`), fullPage: true });
      await page.context().close();
    }
  });

  it('lets the crew acknowledge, name a cause and buy a hint; the facilitator sees it at once, and pauses', async () => {
    const [crew, facilitator] = await Promise.all([live('participant'), live('facilitator')]);
    await crew.page.selectOption('#role', 'security-team');
    await crew.page.click('#ack');
    await facilitator.page.locator('#said li', { hasText: 'acknowledged by security-team' }).waitFor();
    await crew.page.selectOption('#cause', 'gatekeeper-locked-out');
    await crew.page.click('#diagnose');
    // Whether it is right is told to the facilitator alone.
    await facilitator.page.locator('#timeline li', { hasText: '(right)' }).waitFor();
    expect(await crew.page.locator('body').innerText()).not.to.include('(right)');
    await crew.page.click('#hint');
    await crew.page.locator('#hints li', { hasText: 'Believe requests' }).waitFor();
    await facilitator.page.click('#pause');
    await crew.page.locator('#paused').waitFor({ state: 'visible' });
    await facilitator.page.click('#pause');
    await crew.page.locator('#paused').waitFor({ state: 'hidden' });
    expect([...crew.noise, ...facilitator.noise]).to.deep.equal([]);
    for (const { page } of [crew, facilitator]) await page.context().close();
  });

  it('ends in a debrief that needs nothing else, light and dark', async () => {
    const game = wellPlayed();
    step(game, { op: 'hint', by: 'infra-oncall', number: 1 });
    audit(game, { verb: 'delete', ns: 'encoding', name: '<img src=x onerror=alert(1)>', ...refusedByWebhook });
    const file = join(dir, 'debrief.html');
    writeFileSync(
      file,
      debriefHtml(
        scored(game),
        pictureOf(() => game.events(), admissionDeadlock),
      ),
    );
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, noise } = await open(pathToFileURL(file).href, { colorScheme });
      expect(await page.locator('h1').innerText()).to.match(/^RECOVERED: 9\d of 100 points/);
      expect(await page.locator('main').innerText()).to.include('<img src=x');
      expect(await page.locator('.chart .still').first().isVisible()).to.equal(true);
      expect(await fits(page)).to.equal(0);
      expect(await violations(page)).to.deep.equal([]);
      await page.screenshot({ path: join(GALLERY, `gameday-debrief-${colorScheme}.png`), fullPage: true });
      expect(noise).to.deep.equal([]);
      await page.context().close();
    }
  });
});
