#!/usr/bin/env node
// Starts falldown: from the TypeScript sources in a checkout, from dist/ in an installed package.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const root = new URL('../', import.meta.url);
const own = fileURLToPath(new URL('node_modules/node/bin/node', root));

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  const source = new URL('harness/cli/main.ts', root);
  const { main } = await import((existsSync(source) ? source : new URL('dist/harness/cli/main.js', root)).href);
  await main(process.argv);
} else if (existsSync(own)) {
  // A checkout brings the Node it needs; a direct call of this file may still have met an older one.
  const forward = () => undefined;
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const { status, signal } = spawnSync(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(status ?? (signal === 'SIGINT' ? 130 : 143));
} else {
  console.error(
    `falldown needs Node ${NEEDED} or newer; this is ${process.version}\n  next      install Node ${NEEDED}, or run npm ci in a checkout of falldown`,
  );
  process.exit(2);
}
