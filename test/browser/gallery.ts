import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContextOptions, chromium } from 'playwright-core';
import { recorded, told } from '../fixtures/recordings/recordings.ts';
import { chromiumPath } from './chromium.ts';

// `npm run gallery`: the pictures of docs/gallery.md, of the reports of the recorded runs that the tests use.

const FOLDER = new URL('../../docs/gallery/', import.meta.url).pathname;
const WIDE = { width: 1000, height: 620 };
const PHONE = { width: 390, height: 700 };

interface Picture {
  name: string;
  run: 'fell' | 'stood' | 'inconclusive';
  options: BrowserContextOptions;
  /** Section to show; without it the top of the page. */
  section?: string;
}

const PICTURES: Picture[] = [
  { name: 'fell', run: 'fell', options: { viewport: WIDE, colorScheme: 'light' } },
  { name: 'timeline', run: 'fell', section: 'timeline', options: { viewport: WIDE, colorScheme: 'light' } },
  { name: 'loop', run: 'fell', section: 'loop', options: { viewport: WIDE, colorScheme: 'dark' } },
  { name: 'changes', run: 'fell', section: 'changes', options: { viewport: WIDE, colorScheme: 'light' } },
  { name: 'stood', run: 'stood', options: { viewport: WIDE, colorScheme: 'dark' } },
  { name: 'inconclusive', run: 'inconclusive', options: { viewport: WIDE, colorScheme: 'light' } },
  { name: 'phone', run: 'fell', options: { viewport: PHONE, isMobile: true } },
];

const executablePath = chromiumPath();
if (executablePath === undefined) throw new Error('no Chromium on PATH; set FALLDOWN_CHROMIUM');
const browser = await chromium.launch({
  executablePath,
  // Chromium's own sandbox does not work for root, as whom containers run.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const dir = mkdtempSync(join(tmpdir(), 'falldown-gallery-'));
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const { name, run, options, section } of PICTURES) {
    const file = join(dir, `${run}.html`);
    writeFileSync(file, (await told(recorded(run))).html);
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    if (section !== undefined) await page.evaluate(`document.getElementById('${section}').scrollIntoView()`);
    await page.screenshot({ path: join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: 70 });
    await context.close();
  }
} finally {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
}
