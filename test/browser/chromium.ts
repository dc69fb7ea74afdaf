import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser to test with: `FALLDOWN_CHROMIUM`, or the first one on PATH; undefined when there is none. */
export function chromiumPath(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.FALLDOWN_CHROMIUM) return env.FALLDOWN_CHROMIUM;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it, or says why a suite has to be skipped. */
export async function launch(suite: Mocha.Context): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    process.stderr.write(
      'the browser tests are skipped: no Chromium on PATH\n  next      apt-get install chromium, or set FALLDOWN_CHROMIUM\n',
    );
    suite.skip();
  }
  // Chromium's own sandbox does not work for root, as whom containers run.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
