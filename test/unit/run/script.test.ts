import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { FalldownError } from '../../../harness/errors.ts';
import { type Experiment, experiment, loadExperiment, type Script } from '../../../harness/run/script.ts';
import { failureOf } from '../kube/fake-api.ts';
import { serveOurselves } from './serve-ourselves.ts';

const META = { title: 'T', facts: ['F1'], needs: ['embedded' as const], profile: 'p', typicalSeconds: 1 };
const nothing = async () => undefined;

describe('script', () => {
  let dir: string;
  let files = 0;
  before(serveOurselves);
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-script-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const load = (text: string): Promise<Experiment> => {
    const file = join(dir, `x${files++}.spec.ts`);
    writeFileSync(file, `import { experiment } from 'falldown';\n${text}`);
    return loadExperiment(pathToFileURL(file));
  };
  const define = (name: string, body: string) =>
    `experiment('${name}', ${JSON.stringify(META)}, (s) => { ${body} });\n`;

  it('keeps phases and checks in order, with the field’s names', async () => {
    const made = await load(
      define(
        'ordered',
        `s.steadyState('fine', async () => {}); s.method('fan-out', 'F', async () => {});
         s.recover('out', async () => {}); s.check('F1 F12 it fell', () => {}); s.check('no fact F3', () => {});`,
      ),
    );
    expect(made).to.deep.include({ name: 'ordered', ...META });
    expect(made.steps.map(({ phase, title }) => [phase, title])).to.deep.equal([
      ['steady-state', 'fine'],
      ['fan-out', 'F'],
      ['recovery', 'out'],
    ]);
    expect(made.checks.map(({ name, facts }) => [name, facts])).to.deep.equal([
      ['F1 F12 it fell', ['F1', 'F12']],
      ['no fact F3', []],
    ]);
  });

  const refused: [string, string, (s: Script) => void][] = [
    ['two phases of one name', 'two phases "hold"', (s) => [1, 2].map(() => s.method('hold', 'x', nothing))],
    ['two steady states', 'two phases "steady-state"', (s) => [1, 2].map(() => s.steadyState('x', nothing))],
    ['two checks of one name', 'two checks "F1 same"', (s) => [1, 2].map(() => s.check('F1 same', () => undefined))],
  ];
  for (const [what, words, write] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => experiment('twice', META, write)).to.throw(`experiment "twice" has ${words}`);
    });
  }

  for (const name of ['Upper', 'with blank', '-dash', '', '../up']) {
    it(`refuses "${name}" for a name: it becomes part of folders`, () => {
      expect(() => experiment(name, META, () => undefined)).to.throw('lower-case letters');
    });
  }

  it('finds what a file has defined, also the second time it is loaded', async () => {
    const file = join(dir, 'again.spec.ts');
    writeFileSync(file, `import { experiment } from 'falldown';\n${define('again', '')}`);
    const first = await loadExperiment(pathToFileURL(file));
    await load(define('another', ''));
    expect(await loadExperiment(pathToFileURL(file))).to.equal(first);
  });

  it('lets a file define a name anew', async () => {
    const first = await load(define('same', "s.method('a', 'a', async () => {});"));
    const second = await load(define('same', ''));
    expect([first.steps.length, second.steps.length]).to.deep.equal([1, 0]);
  });

  it('says when a file defines nothing', async () => {
    const error = (await failureOf(load(''))) as FalldownError;
    expect(error.code).to.equal('NOT_AN_EXPERIMENT');
    expect(error.message).to.include(dir);
  });
});
