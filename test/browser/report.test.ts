import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { hostile, multiplied, recorded, told } from '../fixtures/recordings/recordings.ts';
import { launch } from './chromium.ts';

/** Where the pictures of every test run are kept; git ignores it. */
const GALLERY = new URL('../../reports/gallery/', import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Hundreds of elements that are all like their first ones. */
const ALIKE = [
  '.journal li:nth-child(n+6)',
  'tbody tr:nth-child(n+9)',
  '.names li:nth-child(n+4)',
  '.cites a:nth-child(n+6)',
];
const PHONE = { width: 390, height: 844 };

describe('report.html in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let dir: string;
  const pages: Record<string, string> = {};

  before(async function () {
    browser = await launch(this);
    dir = mkdtempSync(join(tmpdir(), 'falldown-browser-'));
    mkdirSync(GALLERY, { recursive: true });
    const runs = { fell: recorded('fell'), stood: recorded('stood'), inconclusive: recorded('inconclusive') };
    for (const [name, events] of Object.entries({
      ...runs,
      big: multiplied(runs.fell, 100),
      hostile: hostile(runs.fell),
    })) {
      const { html } = await told(events);
      pages[name] = join(dir, `${name}.html`);
      writeFileSync(pages[name], html);
    }
  });
  after(async () => {
    await browser?.close();
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  });

  /** Opens a page and gathers everything that it complains about, and every request that leaves it. */
  async function open(name: string, options: BrowserContextOptions = {}): Promise<{ page: Page; noise: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const noise: string[] = [];
    const url = pathToFileURL(pages[name] as string).href;
    page.on('console', (message) => noise.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
    page.on('request', (request) => request.url() === url || noise.push(`request: ${request.url()}`));
    await page.goto(url);
    return { page, noise };
  }

  for (const name of ['fell', 'stood', 'inconclusive']) {
    for (const scheme of ['light', 'dark'] as const) {
      it(`${name}, ${scheme}: quiet, needs no network, fits, and is accessible`, async () => {
        const { page, noise } = await open(name, { colorScheme: scheme });
        expect(await overflow(page)).to.equal(0);
        await picture(page, `${name}-${scheme}`);
        expect(noise).to.deep.equal([]);
        expect(await violations(page)).to.deep.equal([]);
        await page.context().close();
      });
    }

    it(`${name}: fits a phone`, async () => {
      const { page, noise } = await open(name, { viewport: PHONE, isMobile: true });
      expect(await overflow(page)).to.equal(0);
      await picture(page, `${name}-phone`);
      expect(noise).to.deep.equal([]);
      await page.context().close();
    });

    it(`${name}: prints with its drawn charts and without what only a screen needs`, async () => {
      const { page } = await open(name);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.toc').isVisible()).to.equal(false);
      await expectAll(page, '.live', false, name);
      await expectAll(page, '.still', true, name);
      await expectAll(page, '.long p', true, name);
      expect(
        await page.evaluate("[...document.querySelectorAll('pre')].some((p) => p.scrollWidth > p.clientWidth)"),
      ).to.equal(false);
      await page.pdf({ path: join(GALLERY, `${name}.pdf`), format: 'A4', preferCSSPageSize: true });
      await page.context().close();
    });

    it(`${name}: tells the same without JavaScript`, async () => {
      const { page, noise } = await open(name, { javaScriptEnabled: false });
      expect(await page.locator('h1').innerText()).to.match(/^(FELL|VIOLATED|INCONCLUSIVE)/);
      await expectAll(page, '.still', true, name);
      await expectAll(page, '.script-only', false, name);
      expect(noise).to.deep.equal([]);
      await page.context().close();
    });
  }

  it('clips no label of an axis', async () => {
    const { page } = await open('fell', { javaScriptEnabled: false });
    for (const axis of await page.locator('svg.y').all()) {
      const frame = (await axis.boundingBox())!;
      for (const label of await axis.locator('text').all()) {
        const box = (await label.boundingBox())!;
        expect(box.x, await label.innerHTML()).to.be.at.least(frame.x);
        expect(box.x + box.width).to.be.at.most(frame.x + frame.width);
      }
    }
    await page.context().close();
  });

  it('runs nothing that a cluster put into a name or a message', async () => {
    const { page, noise } = await open('hostile');
    expect(await page.locator('.legend').count()).to.be.above(3);
    expect(await page.evaluate('typeof pwned')).to.equal('undefined');
    expect(await page.locator('img, main script:not([type])').count()).to.equal(0);
    expect(await page.locator('main').innerText()).to.include('<img src=x');
    expect(noise).to.deep.equal([]);
    await page.context().close();
  });

  it('makes of 30,000 pods a page that is no more work than that of 300', async () => {
    const elements = async (name: string) => {
      const { page, noise } = await open(name);
      expect(await page.locator('.chart canvas').count()).to.be.above(3);
      expect(noise).to.deep.equal([]);
      const said = await page.locator('[data-chart=pods] figcaption').innerText();
      const count = await page.evaluate<number>("document.querySelectorAll('*').length");
      await page.context().close();
      return { said, count };
    };
    const [small, big] = [await elements('fell'), await elements('big')];
    expect(big.said).to.include('30,000 of 30,000');
    expect(big.count).to.be.below(small.count * 1.2);
  });

  /** The moment in the middle of the recorded run, as the page writes it: a journal ends where its run did. */
  function middle(): string {
    const ended = recorded('fell').find(({ type }) => type === 'run.ended')!;
    return `${(ended.t / 2).toFixed(1)} s, deadlock`;
  }

  it('moves all charts together: by the pointer, by the buttons and by the phase', async () => {
    const { page } = await open('fell');
    const at = page.locator('output[data-at]');
    const chart = page.locator('[data-chart=refusals] .u-over');
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    expect(await at.innerText()).to.equal(middle());
    expect(await page.locator('[data-chart=replicas] output').innerText()).to.equal('0');
    expect(await page.locator('[data-chart=pods] output').allInnerTexts()).to.deep.equal(['0', '0', '40', '260']);

    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(box.x + 1, box.y + 20);
    expect(await at.innerText()).to.match(/^7[34]\.\d s/);
    const deadlock = page.locator('.lane svg[data-label="4 deadlock"]');
    expect(await deadlock.getAttribute('x')).to.equal('0%');

    await page.getByRole('button', { name: 'Whole run' }).click();
    expect(Number.parseFloat((await deadlock.getAttribute('x'))!)).to.be.closeTo(34.5, 0.5);
    await page.locator('[data-phase]').selectOption({ label: '4 deadlock' });
    expect(await deadlock.getAttribute('width')).to.equal('100%');
    await page.context().close();
  });

  it('can be used with the keyboard alone, in the order of the page', async () => {
    const { page } = await open('fell');
    const stops: string[] = [];
    for (let i = 0; i < 18; i++) {
      await page.keyboard.press('Tab');
      stops.push(await page.evaluate<string>("document.activeElement.innerText.split('\\n')[0]"));
    }
    const sections = await page.locator('.toc a').allInnerTexts();
    expect(stops.slice(0, 1 + sections.length)).to.deep.equal(['Skip to the report', ...sections]);
    expect(stops.slice(1 + sections.length, 7 + sections.length)).to.deep.equal([
      'Moment by moment',
      'Zoom in',
      'Zoom out',
      'Earlier',
      'Later',
      'Whole run',
    ]);
    const cursor = page.getByLabel('Moment', { exact: true });
    await cursor.focus();
    for (let i = 0; i < 500; i++) await page.keyboard.press('ArrowRight');
    const said = (await cursor.getAttribute('aria-valuetext'))!.split('; ');
    expect(said.slice(0, 3)).to.deep.equal([middle(), 'failed 0', 'waiting 0']);
    await page.context().close();
  });

  it('is one click away from the journal lines that prove a check', async () => {
    const { page } = await open('fell');
    const check = page.locator('.check', { hasText: 'The scheduler preempted the gatekeeper' });
    await check.getByRole('link').nth(1).click();
    const line = page.locator('.journal li:target');
    expect(await line.innerText()).to.include('"reason":"Preempted"');
    const box = (await line.boundingBox())!;
    expect(box.y).to.be.within(0, 900);
    await page.context().close();
  });
});

/** The beginning of a page: its verdict, its story and its timeline. */
async function picture(page: Page, name: string): Promise<void> {
  const { width } = page.viewportSize()!;
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  const clip = { x: 0, y: 0, width, height: Math.min(height, 3 * width) };
  await page.screenshot({ path: join(GALLERY, `${name}.png`), fullPage: true, clip });
}

/** All of them can be seen, or none. A run that never came to a timeline has no such elements. */
async function expectAll(page: Page, selector: string, visible: boolean, run: string): Promise<void> {
  const found = await Promise.all((await page.locator(selector).all()).map((element) => element.isVisible()));
  expect([...new Set(found)], `${selector} of ${run}`).to.deep.equal(run === 'inconclusive' ? [] : [visible]);
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What axe calls serious or critical; with everything folded out, or it would not be looked at. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
  // Evaluated, as the page's policy lets no script in.
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate<AxeResults>(
    `axe.run({ exclude: ${JSON.stringify(ALIKE)} }, { resultTypes: ['violations'] })`,
  );
  return found
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => n.html)
          .slice(0, 3)
          .join(' ')}`,
    );
}
