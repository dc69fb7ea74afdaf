import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import type { JournalEvent, Mark } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { encodingJobs } from '../../../harness/load/encoding.ts';
import { FanOut } from '../../../harness/load/fan-out.ts';
import { Live } from '../../../harness/observe/live.ts';
import { Person } from '../../../harness/people/person.ts';
import { NotSeen } from '../../../harness/wait.ts';
import { FakeApi, failureOf, json, status } from '../kube/fake-api.ts';

const { encoding } = loadProfile({ profile: 'as-in-the-incident' }).profile.workloads;

interface JobManifest {
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    completions: number;
    parallelism: number;
    completionMode: string;
    template: { metadata: { annotations: Record<string, string> } };
  };
}

describe('encoding jobs', () => {
  const jobs = (words: Partial<typeof encoding>, fakeNodes = true) =>
    encodingJobs({ ...encoding, ...words }, 'run-1', fakeNodes);
  const shares = (words: Partial<typeof encoding>, fakeNodes?: boolean) =>
    jobs(words, fakeNodes).map(({ name, segments }) => [name, segments]);

  it('are one pod a segment, most on fake nodes and a few as real processes', () => {
    expect(shares({ pods: 3000, realPods: 5 })).to.deep.equal([
      ['encode-feature-film', 2995],
      ['encode-trailer', 5],
    ]);
  });

  for (const [what, words, fakeNodes] of [
    ['no fake nodes', { pods: 30, realPods: 5 }, false],
    ['no real pods', { pods: 30, realPods: 0 }, true],
    ['as many real pods as segments', { pods: 30, realPods: 30 }, true],
    ['more real pods than segments', { pods: 30, realPods: 50 }, true],
  ] as const) {
    it(`are the one Job that people know, whole, with ${what}`, () => {
      expect(shares(words, fakeNodes)).to.deep.equal([['encode-feature-film', 30]]);
    });
  }

  it('take what the profile says over their spec, and null takes a field away', () => {
    const jobSpec = { backoffLimit: 6, backoffLimitPerIndex: null };
    const manifest = jobs({ pods: 3, realPods: 0, jobSpec })[0]?.manifest as { spec: Record<string, unknown> };
    expect(JSON.parse(JSON.stringify(manifest.spec))).to.deep.include({ completions: 3, ...jobSpec });
  });

  it('are indexed, labelled with the run, and say how long a segment takes', () => {
    const manifest = jobs({ pods: 100, realPods: 0, parallelism: 40, encodeSeconds: 7 })[0]?.manifest as JobManifest;
    expect(manifest.spec).to.include({ completions: 100, parallelism: 40, completionMode: 'Indexed' });
    expect(manifest.spec.template.metadata.annotations).to.deep.equal({ 'falldown.dev/encode-time': '7s' });
    expect(manifest.metadata.labels).to.include({ 'falldown.dev/run': 'run-1', 'falldown.dev/role': 'encoding' });
  });
});

describe('fan-out', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let live: Live;
  let marks: string[];
  let user: Person;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-fan-out-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    live = new Live();
    marks = [];
    journal.subscribe((event: JournalEvent) => {
      live.see(event);
      if (event.type === 'mark') marks.push((event as JournalEvent & Mark).name);
    });
    api = await FakeApi.start();
    user = new Person('batch-user', api.credentials, journal);
  });
  afterEach(async () => {
    await user.client.close();
    await api.close();
    journal.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const fanOut = () => {
    const signal = new AbortController().signal;
    const small = { ...encoding, pods: 4, realPods: 1 };
    return new FanOut({ fakeNodes: true, encoding: small, user, journal, live, runId: 'r', signal });
  };
  const pod = (uid: string, phase: string) => {
    const state = { phase, ready: false, priority: 0, deleting: false, role: 'encoding' };
    journal.append({ type: 'object', op: 'modified', kind: 'Pod', ns: 'encoding', name: uid, uid, state });
  };
  const job = (name: string, complete: boolean, succeeded: number, ready = 0) => {
    const rest = { completions: 3, parallelism: 3, active: 0, ready, failed: 0, uncounted: 0 };
    const state = { ...rest, complete, succeeded, suspended: false, deleting: false };
    journal.append({ type: 'object', op: 'modified', kind: 'Job', ns: 'encoding', name, uid: name, state });
  };

  it('is submitted by the batch user, after its mark', async () => {
    api.answer = (_asked, response) => json(response, {}, 201);
    await fanOut().launch();
    expect(marks).to.deep.equal(['fanout.started']);
    expect(api.asked.map(({ method, path }) => `${method} ${path}`)).to.deep.equal(
      Array(2).fill('POST /apis/batch/v1/namespaces/encoding/jobs'),
    );
    expect(api.asked[0]?.headers['user-agent']).to.equal('falldown/batch-user');
  });

  it('breaks the run when its Job is not accepted', async () => {
    api.answer = (_asked, response) => status(response, 403, 'Forbidden', 'quota');
    expect((await failureOf(fanOut().launch())).message).to.equal(
      'Job/encoding/encode-feature-film was not accepted: quota',
    );
  });

  it('waits for a share of its pods, and for those on the real nodes to run', async () => {
    const half = fanOut().created(0.5);
    let done = false;
    void half.then(() => {
      done = true;
    });
    const notYet = async () => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      expect(done).to.equal(false);
    };
    pod('a', 'Pending');
    await notYet();
    pod('b', 'Pending');
    await notYet();
    job('encode-feature-film', false, 3);
    await notYet();
    job('encode-trailer', false, 0, 1);
    await half;
  });

  it('has drained when every Job is complete and every pod was seen to succeed', async () => {
    const drained = fanOut().drained(5);
    job('encode-feature-film', true, 3);
    job('encode-trailer', true, 1);
    for (const uid of ['a', 'b', 'c']) pod(uid, 'Succeeded');
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(marks).to.deep.equal([]);
    pod('d', 'Succeeded');
    await drained;
    expect(marks).to.deep.equal(['queue.drained']);
  });

  it('says how far it got when it does not drain', async () => {
    job('encode-feature-film', false, 2);
    const error = await failureOf(fanOut().drained(0.1));
    expect(error).to.be.instanceOf(NotSeen);
    expect(error.message)
      .to.include('Job/encode-feature-film: 2 of 3 segments')
      .and.include('Job/encode-trailer: 0 of 1');
    expect(marks).to.deep.equal([]);
  });
});
