import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../../..');

/** A falldown whose runs end as their experiment is called: `holds`, `violated` … `nothing` runs nothing. */
const FAKE = `
const { mkdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const [command, name] = process.argv.slice(2);
const exit = { holds: 0, violated: 1, nothing: 2, inconclusive: 3, unclean: 5, huge: 0, lost: 0 };
if (command === 'run') {
  if (name !== 'nothing') {
    const run = 'r-' + name;
    mkdirSync('reports/runs/' + run, { recursive: true });
    const verdict = { unclean: 'holds', huge: 'holds' }[name] ?? name;
    if (name !== 'lost') writeFileSync('reports/runs/' + run + '/result.json', JSON.stringify({ verdict }));
    writeFileSync('reports/runs/' + run + '/summary.md', name === 'huge' ? 'x'.repeat(1e6) : 'summary of ' + name + '\\n');
    rmSync('reports/runs/latest', { force: true });
    symlinkSync(run, 'reports/runs/latest');
    writeFileSync('reports/runs/' + run + '/argv', process.argv.slice(2).join('|'));
  }
  process.exit(exit[name]);
}
if (command === 'report') console.log('::error title=' + name + '::told');
if (command === 'compare') {
  if (process.env.COMPARE === 'none') process.exit(3);
  console.log('compared ' + process.argv[4]);
  process.exit(Number(process.env.COMPARE ?? 0));
}
`;

describe('action.yml', function () {
  this.timeout(20_000);
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-action-'));
    mkdirSync(join(dir, '.ci'));
    mkdirSync(join(dir, 'bin'));
    copyFileSync(join(ROOT, '.ci/action-run'), join(dir, '.ci/action-run'));
    writeFileSync(join(dir, 'bin/falldown.js'), FAKE);
    for (const file of ['out', 'summary']) writeFileSync(join(dir, file), '');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Runs the script as the action does; what it told GitHub. */
  function act(experiments: string, more: Record<string, string> = {}) {
    const env = {
      PATH: `${join(process.execPath, '..')}:${process.env.PATH}`,
      EXPERIMENTS: experiments,
      GITHUB_OUTPUT: join(dir, 'out'),
      GITHUB_STEP_SUMMARY: join(dir, 'summary'),
      ...more,
    };
    const { status, stdout } = spawnSync('bash', [join(dir, '.ci/action-run')], { cwd: dir, env, encoding: 'utf8' });
    const lines = readFileSync(join(dir, 'out'), 'utf8').trim().split('\n');
    return {
      status,
      stdout,
      outputs: Object.fromEntries(lines.map((line) => line.split('='))) as Record<string, string>,
      summary: readFileSync(join(dir, 'summary'), 'utf8'),
    };
  }

  it('tells the verdict, the report and the run of what held, with its summary and annotations', () => {
    const { status, stdout, outputs, summary } = act('holds', { ARGUMENTS: '--pods=5\n\n--set=a=$(touch hacked) b\n' });
    expect(status).to.equal(0);
    expect(outputs).to.deep.equal({
      verdict: 'holds',
      'run-id': 'r-holds',
      'report-path': 'reports/runs/r-holds',
      regression: 'not worse',
      'exit-code': '0',
    });
    expect(summary).to.equal('summary of holds\ncompared r-holds\n');
    expect(stdout).to.include('::error title=r-holds::told');
    const argv = readFileSync(join(dir, 'reports/runs/r-holds/argv'), 'utf8');
    expect(argv).to.equal('run|holds|--pods=5|--set=a=$(touch hacked) b|--out|reports/runs');
  });

  it('lets the gravest run decide, the first of several', () => {
    expect(act('holds violated\ninconclusive violated').outputs).to.include({
      verdict: 'violated',
      'run-id': 'r-violated',
      'exit-code': '1',
    });
    expect(act('holds nothing').outputs).to.include({ verdict: 'error', 'run-id': '', 'exit-code': '2' });
    expect(act('unclean').outputs).to.include({ verdict: 'inconclusive', 'exit-code': '5' });
  });

  it('does not pass a run whose result is not there', () => {
    expect(act('lost').outputs).to.include({ verdict: 'inconclusive', 'exit-code': '3' });
  });

  it('keeps a history for each job of a workflow, which are told apart by their artifacts', () => {
    const { runs } = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
      runs: { steps: { with?: { key?: string; 'restore-keys'?: string; path?: string } }[] };
    };
    const caches = runs.steps.flatMap(({ with: w }) => (w?.path?.includes('history.db') ? [w] : []));
    const [restored, saved] = caches;
    expect(caches).to.have.length(2);
    expect(saved?.key).to.equal(restored?.key);
    expect(restored?.['restore-keys']).to.include('inputs.artifact');
    expect(restored?.key?.startsWith(restored['restore-keys'] as string)).to.equal(true);
  });

  it('fails when something got worse though every check holds, and does not when there was nothing to compare', () => {
    const worse = act('holds', { COMPARE: '1' });
    expect(worse.outputs).to.include({ verdict: 'holds', regression: 'worse', 'exit-code': '1' });
    expect(worse.stdout).to.include('::error title=falldown%3A worse than the last good run');
    expect(act('holds', { COMPARE: 'none' }).outputs).to.include({ regression: 'none', 'exit-code': '0' });
    expect(act('holds', { COMPARE: '1', REGRESSION: 'false' }).outputs).to.include({
      regression: 'none',
      'exit-code': '0',
    });
  });

  it('leaves out of the summary what would take it over GitHub’s limit, whole, and says so', () => {
    const { summary } = act('holds huge violated');
    expect(summary.length).to.be.below(1_000_000);
    expect(summary).to.include('r-huge/summary.md did not fit here').and.to.include('summary of violated');
  });

  it('puts no expression into a script, and gives every input to something', () => {
    const text = readFileSync(join(ROOT, 'action.yml'), 'utf8');
    const action = parse(text) as { inputs: object; runs: { steps: { run?: string }[] } };
    for (const { run } of action.runs.steps) expect(run ?? '').not.to.include('${{');
    for (const name of Object.keys(action.inputs)) expect(text).to.include(`inputs.${name}`);
  });
});
