#!/usr/bin/env -S node --max-semi-space-size=1
// Starts falldown: from the TypeScript sources in a checkout, from dist/ in an installed package.
//
// What a watch reads is garbage a moment later. A small nursery (in MiB) keeps it from piling up: following 30,000 pods
// took 147 MB instead of 245 MB, in no more CPU time.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const root = new URL('../', import.meta.url);
const own = fileURLToPath(new URL('node_modules/node/bin/node', root));

// Modules as Node compiled them the last time: a command starts in half the time, and as nothing has to strip types, each
// thread needs 10 to 20 MB less. By environment, so that workers and the node agent have it too. Where the folder cannot be
// written, Node goes on without.
process.env.NODE_COMPILE_CACHE ||= join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'falldown', 'node');

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
  const source = new URL('harness/cli/main.ts', root);
  const { main } = await import((existsSync(source) ? source : new URL('dist/harness/cli/main.js', root)).href);
  await main(process.argv);
} else if (existsSync(own)) {
  // A checkout brings the Node it needs; a direct call of this file may still have met an older one.
  const forward = () => undefined;
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const { status, signal } = spawnSync(own, args, { stdio: 'inherit' });
  process.exit(status ?? (signal === 'SIGINT' ? 130 : 143));
} else {
  console.error(
    `falldown needs Node ${NEEDED} or newer; this is ${process.version}\n  next      install Node ${NEEDED}, or run npm ci in a checkout of falldown`,
  );
  process.exit(2);
}
