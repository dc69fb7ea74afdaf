import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FalldownError, reasonOf } from '../../harness/errors.ts';
import { LocatedYaml, type Problem, problemsOf } from './located-yaml.ts';
import { type FamilyChart, type PinsFile, pinsSchema } from './pin-schema.ts';
import { shippedFile } from './shipped.ts';

/** One component in one version, with every placeholder but the platform filled in. */
export interface Pin {
  component: string;
  family: string;
  version: string;
  /** Taken when no version is asked for. */
  default: boolean;
  /** Go package of the command. */
  package: string;
  /** Module that holds the package; its hash in go.sum pins the build. */
  goModule: string;
  /** Folder with go.mod, go.sum and tools.go. */
  moduleFolder: string;
  ldflags: string;
  /** Go build tags, separated by commas. */
  tags: string;
  download?: PinnedDownload | undefined;
  /** Image repositories it stands for, without registry, tag and digest. */
  images: string[];
}

/** An official release; the texts still hold {os} and {arch}. */
export interface PinnedDownload {
  url: string;
  sha256Url?: string | undefined;
  sha256?: Record<string, string> | undefined;
  member?: string | undefined;
}

export interface PinnedChart extends FamilyChart {
  family: string;
  version: string;
  goModule: string;
  moduleFolder: string;
}

export interface Pins {
  file: string;
  pins: Pin[];
  charts: PinnedChart[];
  /** Components that an embedded cluster needs. */
  embedded: string[];
  /** Components that drive a kind cluster. */
  kind: string[];
  /** Components that a kind cluster's images are made of. */
  images: string[];
  /** family@version → the versions of other families that go with it. */
  with: Map<string, Record<string, string>>;
}

/** Replaces {key} by its value; unknown keys stay, so that {os} and {arch} can be filled in later. */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}

/** pins.yaml as shipped. */
export function shippedPinsFile(): string {
  const file = shippedFile('clusters/toolchain/pins.yaml');
  if (file !== undefined) return file;
  throw new FalldownError({
    code: 'PINS_MISSING',
    kind: 'usage',
    what: 'the file that pins the binaries is not part of this installation',
    on: 'clusters/toolchain/pins.yaml',
    next: 'install falldown again',
  });
}

/**
 * Reads and checks a pins file.
 * @throws FalldownError PINS_INVALID naming file:line:col of every problem at once.
 */
export function loadPins(file: string = shippedPinsFile()): Pins {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(file, [`${file} cannot be read: ${reasonOf(error)}`]);
  }
  const yaml = new LocatedYaml(file, text);
  const syntax = yaml.syntaxErrors();
  if (syntax.length > 0) throw invalid(file, syntax);
  const parsed = pinsSchema.safeParse(yaml.value());
  const problems = parsed.success ? contradictions(parsed.data, path.dirname(file)) : problemsOf(parsed.error);
  if (!parsed.success || problems.length > 0)
    throw invalid(
      file,
      problems.map((p) => yaml.describe(p)),
    );
  return expand(parsed.data, file);
}

function invalid(file: string, problems: string[]): FalldownError {
  return new FalldownError({
    code: 'PINS_INVALID',
    kind: 'usage',
    what: 'the pins of the toolchain are not valid',
    on: file,
    seen: problems.join('\n'),
    next: 'correct the lines named above',
  });
}

/** What the schema cannot say: names that must exist, defaults that must be unique, folders that must be there. */
function contradictions(file: PinsFile, folder: string): Problem[] {
  const problems: Problem[] = [];
  const owner = new Map<string, string>();
  for (const [family, { components }] of Object.entries(file.families)) {
    for (const component of Object.keys(components)) {
      const other = owner.get(component);
      if (other !== undefined)
        problems.push({ path: ['families', family, 'components', component], message: `already in family ${other}` });
      owner.set(component, family);
    }
    const defaults = file.pins.filter((p) => p.family === family && p.default === true).length;
    if (defaults !== 1)
      problems.push({ path: ['families', family], message: `expected one pin with default: true, seen ${defaults}` });
  }
  for (const [set, components] of Object.entries(file.sets))
    components.forEach((component, i) => {
      if (!owner.has(component)) problems.push({ path: ['sets', set, i], message: `no family has ${component}` });
    });
  file.pins.forEach((pin, i) => {
    const at = ['pins', i];
    if (file.families[pin.family] === undefined)
      problems.push({ path: [...at, 'family'], message: `no family ${pin.family}` });
    if (file.pins.findIndex((p) => p.family === pin.family && p.version === pin.version) !== i)
      problems.push({ path: [...at, 'version'], message: `${pin.family} ${pin.version} is pinned twice` });
    const module = path.join('modules', `${pin.family}-${pin.version}`);
    for (const name of ['go.mod', 'go.sum'])
      if (!existsSync(path.join(folder, module, name)))
        problems.push({ path: [...at, 'version'], message: `${module}/${name} is missing` });
    for (const [family, version] of Object.entries(pin.with ?? {}))
      if (!file.pins.some((p) => p.family === family && p.version === version))
        problems.push({ path: [...at, 'with', family], message: `${family} ${version} is not pinned` });
  });
  return problems;
}

function expand(file: PinsFile, from: string): Pins {
  const result: Pins = { ...file.sets, file: from, pins: [], charts: [], with: new Map() };
  for (const { family: name, version, default: isDefault, with: together, ldflags = [] } of file.pins) {
    const family = file.families[name]!;
    const [major = '', minor = ''] = version.split('.');
    const moduleFolder = path.join(path.dirname(from), 'modules', `${name}-${version}`);
    const goModule = fill(family.goModule, { version, major, minor });
    if (together !== undefined) result.with.set(`${name}@${version}`, together);
    if (family.chart !== undefined)
      result.charts.push({ ...family.chart, family: name, version, goModule, moduleFolder });
    for (const [component, { package: pkg, images = [] }] of Object.entries(family.components)) {
      const values = { version, major, minor, name: component };
      const d = family.download;
      result.pins.push({
        component,
        family: name,
        version,
        default: isDefault === true,
        package: fill(pkg, values),
        goModule,
        moduleFolder,
        ldflags: fill([...family.ldflags, ...ldflags].join(' '), values),
        tags: family.tags.join(','),
        images,
        download: d && {
          url: fill(d.url, values),
          sha256: d.sha256,
          sha256Url: d.sha256Url && fill(d.sha256Url, values),
          member: d.member && fill(d.member, values),
        },
      });
    }
  }
  return result;
}
