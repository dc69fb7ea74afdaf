import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// From the sources, or from dist/, to which the compiler does not copy what is no TypeScript.
const FOLDER = [new URL('assets/', import.meta.url), new URL('../../../reports/html/assets/', import.meta.url)].find(
  (folder) => existsSync(folder),
);

/** The text of a file that pages carry inside. */
export function asset(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8').trim();
}

/** uPlot, MIT, as its package ships it: what makes the charts interactive. */
export function uPlot(): { script: string; style: string } {
  const file = (name: string) =>
    readFileSync(fileURLToPath(new URL(name, import.meta.resolve('uplot'))), 'utf8').trim();
  return { script: file('uPlot.iife.min.js'), style: file('uPlot.min.css') };
}

/** What a Content-Security-Policy calls an inline script or style by. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
