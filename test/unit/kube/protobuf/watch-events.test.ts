import { expect } from 'chai';
import { POD } from '../../../../harness/kube/protobuf/pod.ts';
import { protobuf } from '../../../../harness/kube/protobuf/watch-events.ts';
import { frame, message } from './written.ts';

function read(...chunks: Buffer[]) {
  const reader = protobuf(POD).reader();
  return chunks.flatMap((chunk) => [...reader(chunk)]);
}

const meta = (name: string) => message([1, name], [3, 'n'], [6, '12']);

describe('protobuf watch events', () => {
  it('are read as the JSON form would be, of the fields that are asked for', () => {
    const owner = message([1, 'Job'], [3, 'encode'], [4, 'u-1'], [5, 'batch/v1'], [6, true], [7, true]);
    const metadata = message(
      [1, 'encode-7'],
      [2, 'encode-'],
      [3, 'encoding'],
      [5, 'u-7'],
      [6, '4711'],
      [7, 3],
      [9, message([1, 1_764_470_000])],
      [11, message([1, 'a'], [2, 'ü'])],
      [11, message([1, 'empty'])],
      [13, owner],
      [14, 'a/finalizer'],
    );
    const waiting = message([1, message([1, 'CrashLoopBackOff'], [2, 'back-off 10s'])]);
    const condition = message([1, 'Ready'], [2, 'False'], [4, message([1, 5])], [5, 'NotYet'], [6, 'soon']);
    const status = message(
      [1, 'Pending'],
      [2, condition],
      [3, 'words'],
      [4, 'Evicted'],
      [8, message([1, 'main'], [2, waiting], [4, false], [5, 2])],
    );
    const spec = message([2, message([1, 'main'])], [10, 'node-3'], [25, -5]);
    const [event] = read(frame('MODIFIED', message([1, metadata], [2, spec], [3, status])));
    expect(event).to.deep.equal({
      type: 'MODIFIED',
      object: {
        metadata: {
          name: 'encode-7',
          namespace: 'encoding',
          uid: 'u-7',
          resourceVersion: '4711',
          deletionTimestamp: '2025-11-30T02:33:20Z',
          labels: { a: 'ü', empty: '' },
          ownerReferences: [{ kind: 'Job', name: 'encode', controller: true }],
        },
        spec: { nodeName: 'node-3', priority: -5 },
        status: {
          phase: 'Pending',
          conditions: [{ type: 'Ready', status: 'False', reason: 'NotYet', message: 'soon' }],
          message: 'words',
          reason: 'Evicted',
          containerStatuses: [
            {
              state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
              restartCount: 2,
            },
          ],
        },
      },
    });
  });

  it('are read however the stream is cut', () => {
    const whole = Buffer.concat([frame('ADDED', message([1, meta('a')])), frame('DELETED', message([1, meta('b')]))]);
    for (let cut = 1; cut < whole.length; cut++) {
      const events = read(whole.subarray(0, cut), whole.subarray(cut));
      expect(events.map(({ type, object }) => `${type} ${JSON.stringify(object)}`)).to.deep.equal([
        'ADDED {"metadata":{"name":"a","namespace":"n","resourceVersion":"12"}}',
        'DELETED {"metadata":{"name":"b","namespace":"n","resourceVersion":"12"}}',
      ]);
    }
  });

  it('drop the half of an event that a broken stream left', () => {
    const whole = frame('ADDED', message([1, meta('a')]));
    expect(read(whole, whole.subarray(0, 30))).to.have.length(1);
  });

  it('tell what is the matter when an ERROR comes instead of an object', () => {
    const status = message([2, 'Failure'], [3, 'too old resource version'], [4, 'Expired'], [6, 410]);
    expect(read(frame('ERROR', status))).to.deep.equal([
      { type: 'ERROR', object: { message: 'too old resource version', reason: 'Expired', code: 410 } },
    ]);
  });

  it('are refused when they are something else', () => {
    const json = Buffer.from('{"type":"ADDED","object":{}}\n');
    expect(() => read(json)).to.throw('seen {"type":"ADDED"');
    const bare = frame('ADDED', message([1, meta('a')]), '{"a"');
    expect(() => read(bare)).to.throw('expected an object in protobuf');
  });
});
