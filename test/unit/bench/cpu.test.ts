import { expect } from 'chai';
import { cpuSecondsOf } from '../../bench/cpu.ts';

describe('CPU of a process, as benches count it', () => {
  it('is what the process itself knows of, and grows with what it does', () => {
    const own = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
    const before = cpuSecondsOf(process.pid);
    expect(before).to.be.closeTo(own(), 0.05);
    const until = own() + 0.1;
    while (own() < until);
    expect(cpuSecondsOf(process.pid) - before).to.be.closeTo(0.1, 0.05);
  });

  it('cannot be told of a process that is not there', () => {
    expect(() => cpuSecondsOf(undefined)).to.throw(/ENOENT/);
  });
});
