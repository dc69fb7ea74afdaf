import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { contextOf } from '../../clusters/toolchain/context.ts';
import { findPin } from '../../clusters/toolchain/pick.ts';
import { find, isResolved } from '../../clusters/toolchain/resolve.ts';
import { JournalView } from '../../harness/check/journal-view.ts';
import { type Lie, liesOf } from '../../harness/check/lie-seconds.ts';
import { readJournal } from '../../harness/journal/reader.ts';
import { Journal } from '../../harness/journal/writer.ts';
import { Live } from '../../harness/observe/live.ts';
import { type MetricsTools, Monitoring } from '../../harness/observe/metrics/monitoring.ts';
import { SOURCES } from '../../harness/observe/metrics/setups.ts';
import { killProcessesOf, processesOf } from '../../harness/processes.ts';
import { eventually } from './lab.ts';

const MARK = `metrics-test-${process.pid}`;
/** Half an hour is 4 s. */
const HELD_SECONDS = 4;

describe('the Prometheus set-ups, without a cluster', function () {
  this.timeout(60_000);
  const dir = mkdtempSync(join(tmpdir(), 'falldown-metrics-'));
  let tools: MetricsTools;

  before(async function () {
    const progress = { step: () => () => undefined, say: () => undefined };
    const context = contextOf({ progress, signal: new AbortController().signal });
    const cached = async (component: string) => {
      const found = await find(context, findPin(context.pins, component));
      return isResolved(found) ? found.path : undefined;
    };
    const [prometheus, statsdExporter] = [await cached('prometheus'), await cached('statsd-exporter')];
    // A build of several minutes is not for a test: `falldown toolchain build prometheus statsd-exporter`, and it runs.
    if (prometheus === undefined || statsdExporter === undefined) this.skip();
    else tools = { prometheus, statsdExporter };
  });

  after(async () => {
    await killProcessesOf(MARK);
    rmSync(dir, { recursive: true, force: true });
  });

  it('lie when their sources die with their pods, and what they showed comes into the journal', async () => {
    const { profile } = loadProfile({
      profile: 'lying-metrics',
      set: ['metrics.timeScale=450', 'metrics.scrapeSeconds=225'],
    });
    const journal = new Journal(join(dir, 'journal.ndjson'));
    const { signal } = new AbortController();
    const live = new Live();
    const monitoring = new Monitoring({ tools, profile, dir, mark: MARK, targets: [], journal, live, signal });
    const pod = (op: 'started' | 'exited') => {
      for (const source of Object.values(SOURCES))
        journal.append({ type: 'process', op, pod: `${source}-7f-x`, container: 'main', pid: 1 });
    };
    try {
      await monitoring.setUp();
      expect(processesOf(MARK)).to.have.length(6);
      pod('started');
      await eventually('every panel to show something', async () => (await monitoring.blankPanels()).length === 0);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const from = journal.now() - 2;
      pod('exited');
      await eventually('every source to be gone', () => monitoring.speaking.length === 0);
      await new Promise((resolve) => setTimeout(resolve, (HELD_SECONDS + 2) * 1000));
      await monitoring.collect(from, journal.now());
    } finally {
      await monitoring.stop();
      journal.close();
    }
    expect(processesOf(MARK)).to.deep.equal([]);
    const view = JournalView.from(readJournal(journal.path));
    const lie = (server: string, setup: string) => {
      const found = liesOf(view).find((l) => l.server === server && l.setup === setup && l.what === 'value');
      expect(found, `${server} ${setup}`).not.to.have.property('reason');
      return found as Lie;
    };
    expect(lie('as-it-was', 'scrape').seconds).to.be.below(1.5);
    expect(lie('as-it-was', 'remote-write').seconds).to.be.closeTo(HELD_SECONDS, 1.5);
    expect(lie('half-fixed', 'federation').seconds).to.be.below(2);
    expect(lie('fixed', 'remote-write').seconds).to.be.below(2);
    expect(lie('as-it-was', 'statsd-without-ttl').open).to.equal(true);
    expect(view.metrics.rules('fixed')?.rules.map((r) => r.health))
      .to.include('ok')
      .and.not.to.include('err');
  });

  it('say so when a server ends', async () => {
    const { profile } = loadProfile({ profile: 'lying-metrics' });
    const journal = new Journal(join(dir, 'second.ndjson'));
    const { signal } = new AbortController();
    const of = { tools, profile, dir: join(dir, 'second'), mark: MARK, targets: [], journal, live: new Live(), signal };
    const monitoring = new Monitoring(of);
    try {
      await monitoring.startBeside();
      const [pid] = processesOf(MARK);
      process.kill(pid!, 'SIGKILL');
      await eventually('its end to be known', () => processesOf(MARK).length === 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
    } finally {
      await monitoring.stop();
      journal.close();
    }
    const view = JournalView.from(readJournal(journal.path));
    expect(view.metrics.broken('prometheus')?.reason).to.match(/SIGKILL/);
  });
});
