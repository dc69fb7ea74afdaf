import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hint } from '../../clusters/profiles/did-you-mean.ts';
import { FalldownError } from '../errors.ts';
import { type Experiment, loadExperiment } from '../run/script.ts';

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const FOLDER = new URL('../../experiments/', import.meta.url);

export const FLAGSHIP = 'admission-deadlock';

/** Names of the experiments that come with falldown: one folder each. */
export function builtInExperiments(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => existsSync(specOf(name)))
    .sort();
}

function specOf(name: string): URL {
  return new URL(`${name}/${name}.spec.${EXTENSION}`, FOLDER);
}

/** An experiment by name, or by the path of the user's own file. Throws EXPERIMENT_UNKNOWN. */
export async function findExperiment(nameOrPath: string): Promise<Experiment> {
  const names = builtInExperiments();
  if (names.includes(nameOrPath)) return loadExperiment(specOf(nameOrPath));
  const file = resolve(nameOrPath);
  if (/\.[cm]?[jt]s$/.test(nameOrPath) && existsSync(file)) return loadExperiment(pathToFileURL(file));
  throw new FalldownError({
    code: 'EXPERIMENT_UNKNOWN',
    kind: 'usage',
    what: 'no such experiment',
    on: `${nameOrPath}${hint(nameOrPath, names)}`,
    expected: `one of ${names.join(', ')}, or the path of your own experiment file`,
    next: 'falldown experiments',
  });
}
