import { expect } from 'chai';
import { files, importsOf, textOf } from './sources.ts';

const LINES = 250;

/** The provider interface: what the harness knows of clusters. */
const PROVIDER = 'clusters/providers/provider.ts';
const RESULT = ['reports/result.ts', 'reports/recording.ts'];
/** Files of the harness that everything may use: errors, paths, locks, waiting … */
const BASE = /^harness\/[a-z-]+\.ts$/;
const KUBE = 'harness/kube/';
const JOURNAL = 'harness/journal/';
const PARTS = [
  'load',
  'scheduling',
  'faults',
  'observe',
  'recovery',
  'safeguards',
  'check',
  'gatekeeper',
  'people',
  'recording',
].map((p) => `harness/${p}/`);

type Place = string | RegExp;
interface Layer {
  /** The files it is about; the first layer that fits counts. */
  of: Place;
  /** What it may import besides itself. */
  may: Place[];
  /** … and what it may import for types alone. */
  types?: Place[];
}

/**
 * Which way imports go: cli → run → {load, faults, observe, recovery, safeguards, check, gatekeeper, people, recording} →
 * {kube, journal}; the harness knows clusters by their interface, and only the composition in cli knows them all.
 */
const LAYERS: Layer[] = [
  // The package's face, for experiments.
  { of: 'harness/index.ts', may: ['harness/run/', 'harness/check/'] },
  { of: BASE, may: [] },
  { of: JOURNAL, may: [BASE] },
  { of: KUBE, may: [BASE], types: [JOURNAL, PROVIDER] },
  ...PARTS.map((of) => ({
    of,
    may: [...PARTS, KUBE, JOURNAL, BASE],
    types: ['harness/check/', 'harness/recording/'].includes(of) ? [PROVIDER, ...RESULT] : [PROVIDER],
  })),
  { of: 'harness/run/', may: [...PARTS, KUBE, JOURNAL, BASE], types: [PROVIDER, ...RESULT] },
  {
    of: 'harness/gameday/',
    may: ['harness/run/', ...PARTS, KUBE, JOURNAL, BASE],
    types: [PROVIDER, 'reports/gameday/scorecard.ts', ...RESULT],
  },
  { of: 'harness/cli/', may: ['harness/', 'clusters/', 'reports/', 'package.json'] },
  { of: 'clusters/profiles/', may: ['harness/errors.ts'] },
  { of: 'clusters/toolchain/', may: [BASE], types: [PROVIDER] },
  { of: 'clusters/host/', may: ['clusters/toolchain/', BASE], types: [PROVIDER] },
  { of: 'clusters/node-image/', may: ['clusters/toolchain/', BASE], types: [PROVIDER] },
  { of: 'clusters/providers/', may: ['clusters/', KUBE, BASE], types: [JOURNAL] },
  { of: 'reports/', may: ['harness/errors.ts', 'harness/check/finding.ts'], types: [JOURNAL] },
  { of: 'experiments/', may: ['falldown'] },
  // Examples of a user's own experiments.
  { of: 'docs/', may: ['falldown'] },
];

const fits = (path: string, place: Place): boolean =>
  typeof place === 'string' ? (place.endsWith('/') ? path.startsWith(place) : path === place) : place.test(path);

/** What is wrong with an import, or nothing. */
function wrong(from: string, to: string, typeOnly: boolean): string | undefined {
  const layer = LAYERS.find(({ of }) => fits(from, of));
  if (layer === undefined) return `${from} is in no layer: say in ${import.meta.url} where it belongs`;
  // Packages from elsewhere are everybody's; only our own name is a layer.
  const ours = /^(harness|clusters|reports|experiments|test)\//.test(to) || to === 'falldown' || to === 'package.json';
  if (!ours || [layer.of, ...layer.may].some((place) => fits(to, place))) return undefined;
  if (typeOnly && (layer.types ?? []).some((place) => fits(to, place))) return undefined;
  return `${from} → ${to}${typeOnly ? ' (types)' : ''}`;
}

describe('architecture', () => {
  const sources = files('.ts').filter((path) => !path.startsWith('test/'));
  const tests = files('.ts').filter((path) => path.startsWith('test/'));

  it('is looked at whole', () => {
    expect(sources.length).to.be.above(100);
    expect(sources.flatMap((path) => importsOf(path)).length).to.be.above(400);
  });

  it('has imports go one way', () => {
    const problems = sources
      .flatMap((path) => importsOf(path))
      .map(({ from, to, typeOnly }) => wrong(from, to, typeOnly));
    expect(problems.filter((problem) => problem !== undefined)).to.deep.equal([]);
  });

  it('would notice an import that goes the wrong way', () => {
    const text = [
      "import { Ledger } from '../run/ledger.ts';",
      "import type { World } from '../run/world.ts';",
      "import {\n  type A,\n  type B,\n} from '../check/finding.ts';",
      "import { x, type Y } from '../journal/events.ts';",
      "const later = await import('../cli/main.ts');",
      "export * from '../../reports/result.ts';",
      "import { readFile } from 'node:fs/promises';",
      "import { KubeClient } from './client.ts';",
      "import type { WebhookState } from '../journal/events.ts';",
    ].join('\n');
    const found = importsOf('harness/kube/bad.ts', text);
    expect(found).to.have.length(9);
    expect(found.map(({ from, to, typeOnly }) => wrong(from, to, typeOnly)).filter(Boolean)).to.have.members([
      'harness/kube/bad.ts → harness/run/ledger.ts',
      'harness/kube/bad.ts → harness/run/world.ts (types)',
      'harness/kube/bad.ts → harness/check/finding.ts (types)',
      'harness/kube/bad.ts → harness/journal/events.ts',
      'harness/kube/bad.ts → harness/cli/main.ts',
      'harness/kube/bad.ts → reports/result.ts',
    ]);
    expect(wrong('harness/unheard-of/x.ts', 'chai', false)).to.include('is in no layer');
  });

  it('has no circles', () => {
    const graph = new Map(
      sources.map((path) => [
        path,
        importsOf(path)
          .filter((i) => !i.typeOnly)
          .map((i) => i.to),
      ]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: string[]) => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      else if (!done.has(path)) for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of sources) visit(path, []);
    expect(circles).to.deep.equal([]);
  });

  it(`has no file of more than ${LINES} lines`, () => {
    const long = [...sources, ...tests]
      .map((path) => ({ path, lines: textOf(path).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > LINES);
    expect(long).to.deep.equal([]);
  });

  it('has names in kebab-case', () => {
    const word = '[a-z0-9]+(-[a-z0-9]+)*';
    const path = new RegExp(`^(${word}/)*${word}(\\.(test|spec|d|bench))?\\.ts$`);
    expect([...sources, ...tests].filter((name) => !path.test(name))).to.deep.equal([]);
  });

  it('names no package registry and nobody’s home', () => {
    // In pieces, or this file would name them.
    const hosts = ['registry.npm', 'npmjs', 'proxy.golang', 'sum.golang', 'pypi', 'crates'].map(
      (host) => `${host.replace('.', '\\.')}(js)?\\.(org|io|com)`,
    );
    const path = (folder: string) => `(?<![\\w.~*}/-])/${folder}/[A-Za-z.]`;
    const machine = new RegExp([...hosts, path('work'), path('root')].join('|'));
    const home = new RegExp([path('home'), path('Users')].join('|'));
    const naming = files()
      .filter((name) => /\.(ts|js|json|ya?ml|md|sh)$/.test(name) && name !== 'package-lock.json')
      .flatMap((name) => {
        // Tests may make up a user.
        const forbidden = (line: string) => machine.test(line) || (!name.startsWith('test/') && home.test(line));
        const lines = textOf(name).split('\n');
        return lines.flatMap((line, i) => (forbidden(line) ? [`${name}:${i + 1} ${line.trim().slice(0, 100)}`] : []));
      });
    expect(naming).to.deep.equal([]);
    for (const bad of [
      `'/${'work'}/main'`,
      `"/${'home'}/me"`,
      `https://${'registry.npm'}js.org/x`,
      `/${'root'}/.cache`,
    ]) {
      expect(machine.test(bad) || home.test(bad), bad).to.equal(true);
    }
  });
});
