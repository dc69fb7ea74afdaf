import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Journal } from '../../../harness/journal/writer.ts';
import { Live } from '../../../harness/observe/live.ts';
import { Person } from '../../../harness/people/person.ts';
import { fanOutGoesOn } from '../../../harness/recovery/go-on.ts';
import { FakeApi, json } from '../kube/fake-api.ts';

describe('fanOutGoesOn', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let person: Person;
  let live: Live;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-go-on-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    live = new Live();
    journal.subscribe((event) => live.see(event));
    // The Job controller tries again as soon as its Job is changed.
    api = await FakeApi.start(({ method }, response) => {
      if (method === 'PATCH') pods(50);
      json(response, method === 'PATCH' ? {} : { items: [{ metadata: { name: 'encode' } }] });
    });
    person = new Person('batch-user', api.credentials, journal);
  });
  afterEach(async () => {
    await person.client.close();
    await api.close();
    journal.close();
    rmSync(dir, { recursive: true });
  });

  function pods(count: number): void {
    const state = { phase: 'Pending', ready: false, priority: 0, deleting: false, role: 'encoding' };
    for (let i = 0; i < count; i++) {
      const uid = `p-${live.encoding.created}`;
      journal.append({ type: 'object', op: 'added', kind: 'Pod', ns: 'encoding', name: uid, uid, state });
    }
  }
  const goesOn = (wanted: number) =>
    fanOutGoesOn({
      person,
      live,
      encoding: { namespace: 'encoding', pods: wanted },
      signal: AbortSignal.timeout(5_000),
    });

  it('has the Job tried again, and waits until pods are made', async () => {
    pods(100);
    await goesOn(1000);
    expect(live.encoding.created).to.equal(150);
    expect(api.asked.filter(({ method }) => method === 'PATCH')).to.have.length(1);
  });

  it('asks for nothing where no fan-out is under way, or all of it was made', async () => {
    await goesOn(1000);
    pods(100);
    await goesOn(100);
    expect(api.asked).to.deep.equal([]);
  });
});
