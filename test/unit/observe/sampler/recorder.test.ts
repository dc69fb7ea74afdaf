import { expect } from 'chai';
import { Recorder } from '../../../../harness/observe/sampler/recorder.ts';

describe('recorder', () => {
  let time: number;
  let recorder: Recorder;
  beforeEach(() => {
    time = 1000;
    recorder = new Recorder({ class: 'get-pod', via: 'direct' }, 'h2', () => time);
  });
  const nothing = () => undefined;

  it('tells what came to its end, from when it was due, and what is open', () => {
    const ends: ((code: number) => void)[] = [];
    for (const due of [990, 995, 1000]) {
      recorder.begin(due, (done) => {
        ends.push(done);
        return nothing;
      });
    }
    time = 1500;
    ends[0]!(200);
    ends[1]!(503);
    expect(recorder.take()).to.deep.equal({
      class: 'get-pod',
      via: 'direct',
      protocol: 'h2',
      due: [0.99, 0.995],
      waited: [0.51, 0.505],
      failed: [[1, 503]],
      open: 1,
      oldestSeconds: 0.5,
    });
    time = 2000;
    ends[2]!(201);
    expect(recorder.take())
      .to.include({ open: 0, oldestSeconds: 0 })
      .and.deep.include({ due: [1], waited: [1] });
    expect(recorder.take()).to.equal(undefined);
  });

  it('gives up what waited too long, once, as censored', () => {
    let given = 0;
    let end: (code: number) => void = nothing;
    recorder.begin(1000, (done) => {
      end = done;
      return () => given++;
    });
    recorder.begin(2000, () => nothing);
    time = 91_000;
    expect(recorder.giveUp(90_000)).to.equal(true);
    expect(recorder.giveUp(90_000)).to.equal(false);
    end(200);
    expect(given).to.equal(1);
    expect(recorder.take()).to.deep.include({ due: [1], waited: [90], censored: [0], open: 1, oldestSeconds: 89 });
  });

  it('takes an answer that came before the call returned', () => {
    recorder.begin(1000, (done) => {
      done(0);
      return nothing;
    });
    expect(recorder.take()).to.deep.include({ failed: [[0, 0]], open: 0 });
  });
});
