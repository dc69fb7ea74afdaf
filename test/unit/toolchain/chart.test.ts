import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { kyvernoChart } from '../../../clusters/toolchain/chart.ts';
import { type Bench, bench, rejection } from './workbench.ts';

const PINS = `sets: { embedded: [kyverno] }
families:
  kyverno:
    goModule: example.org/greek
    ldflags: []
    components: { kyverno: { package: example.org/greek/cmd } }
    chart:
      path: charts/main
      subcharts: { sub: { goModule: example.org/sub, path: charts/sub } }
      drop: [gone]
pins: [{ family: kyverno, version: 1.2.3, default: true }]
`;
const CHART = `name: kyverno
version: 3.0.0 # kept
dependencies:
  - name: local
    version: 3.0.0
  - name: sub
    version: 0.5.0
    repository: https://example.org/charts
  - name: gone
    version: 1.0.0
    repository: https://example.org/charts
`;

describe('toolchain: chart', () => {
  let b: Bench;
  let chart: string;
  beforeEach(async () => {
    b = await bench();
    chart = path.join(b.folder, 'mod', 'greek', 'charts', 'main');
    const sub = path.join(b.folder, 'mod', 'sub', 'charts', 'sub');
    const module = path.join(b.folder, 'modules', 'kyverno-1.2.3');
    await Promise.all([path.join(chart, 'charts', 'local'), sub, module].map((f) => mkdir(f, { recursive: true })));
    await writeFile(path.join(chart, 'Chart.yaml'), CHART);
    await writeFile(path.join(chart, 'Chart.lock'), 'digest: x\n');
    await writeFile(path.join(chart, 'charts', 'local', 'Chart.yaml'), 'name: local\nversion: 3.0.0\n');
    await writeFile(path.join(sub, 'Chart.yaml'), 'name: sub\nversion: v0.0.0\n');
    await chmod(path.join(sub, 'Chart.yaml'), 0o444);
    await writeFile(
      path.join(module, 'go.mod'),
      'module m\n\ngo 1.26.0\n\nrequire (\n\texample.org/greek v1.2.3\n\texample.org/sub v0.1.0 // indirect\n)\n',
    );
    await writeFile(path.join(module, 'go.sum'), 'example.org/greek v1.2.3 h1:a=\nexample.org/sub v0.1.0 h1:b=\n');
    await modules('h1:a=');
    await b.writePins(PINS);
  });
  afterEach(() => b.close());

  async function modules(greekSum: string): Promise<void> {
    b.env.GO_MODULES = path.join(b.folder, 'modules.json');
    const all = [
      { Path: 'example.org/greek', Dir: path.join(b.folder, 'mod', 'greek'), Sum: greekSum },
      { Path: 'example.org/sub', Dir: path.join(b.folder, 'mod', 'sub'), Sum: 'h1:b=' },
    ];
    await writeFile(b.env.GO_MODULES, all.map((m) => JSON.stringify(m, null, '\t')).join('\n'));
  }

  it('copies subcharts in, aligns their versions, drops what is in no module', async () => {
    const folder = await kyvernoChart('v1.2.3', b.options());
    const text = await readFile(path.join(folder, 'Chart.yaml'), 'utf8');
    expect(text).to.contain('version: 3.0.0 # kept');
    expect(text).to.match(/- name: sub\n\s+version: v0\.0\.0\n?$/);
    expect(text).not.to.contain('gone');
    expect(text).not.to.contain('repository');
    expect((await readdir(folder, { recursive: true })).sort()).to.deep.equal([
      'Chart.yaml',
      'charts',
      'charts/local',
      'charts/local/Chart.yaml',
      'charts/sub',
      'charts/sub/Chart.yaml',
    ]);
  });

  it('is taken from the cache without go, and made anew when a file was changed', async () => {
    const folder = await kyvernoChart('1.2.3', b.options());
    b.env.PATH = '/nowhere';
    expect(await kyvernoChart('1.2.3', b.options())).to.equal(folder);
    await writeFile(path.join(folder, 'charts', 'sub', 'Chart.yaml'), 'name: other\n');
    expect(await rejection(kyvernoChart('1.2.3', b.options()))).to.have.property('code', 'CHART_UNAVAILABLE');
  });

  it('refuses a module whose hash is not the pinned one', async () => {
    await modules('h1:forged=');
    const error = await rejection(kyvernoChart('1.2.3', b.options()));
    expect(error.message).to.contain('example.org/greek has hash h1:forged=, go.sum pins h1:a=');
    expect(await b.cached()).to.deep.equal([]);
  });

  it('says which subchart it cannot find', async () => {
    await writeFile(path.join(chart, 'Chart.yaml'), CHART.replace('name: gone', 'name: surprise'));
    const error = await rejection(kyvernoChart('1.2.3', b.options()));
    expect(error.message).to.contain('needs the subchart surprise');
  });

  it("takes a chart of the user's own", async () => {
    b.env.FALLDOWN_KYVERNO_CHART = '/srv/chart';
    expect(await kyvernoChart('9.9.9', b.options())).to.equal('/srv/chart');
  });
});
