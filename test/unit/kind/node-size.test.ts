import { expect } from 'chai';
import { amountOf, reservedFor } from '../../../clusters/providers/kind/node-size.ts';
import type { FalldownError } from '../../../harness/errors.ts';

const size = (cpu: string, memory: string) => ({ count: 1, cpu, memory, pods: 110 });
const GI = 2 ** 30;

describe('the size of real nodes on kind', () => {
  it('keeps back what the machine has more than the profile says', () => {
    const reserved = reservedFor(size('1500m', '4Gi'), { cpus: 4, memoryBytes: 10 * GI });
    expect(reserved).to.deep.equal({ cpu: '2500m', memory: String(6 * GI) });
  });

  it('keeps nothing back where the machine is exactly as big', () => {
    const reserved = reservedFor(size('2', '4Gi'), { cpus: 2, memoryBytes: 4 * GI });
    expect(reserved).to.deep.equal({ cpu: undefined, memory: undefined });
  });

  it('refuses a node that is bigger than the machine, and says what there is', () => {
    for (const [cpu, memory] of [
      ['3', '1Gi'],
      ['1', '64Gi'],
    ] as const) {
      const refused = () => reservedFor(size(cpu, memory), { cpus: 2, memoryBytes: 4 * GI });
      expect(refused)
        .to.throw('2 CPUs, 4.0Gi')
        .and.satisfy((e: FalldownError) => e.code === 'NODE_TOO_BIG');
    }
  });

  it('reads every form of a quantity that a profile may have', () => {
    const forms = { '2': 2, '0.5': 0.5, '500m': 0.5, '4Gi': 4 * GI, '1.5Ki': 1536, '3M': 3e6, '1e3': 1000, '2E': 2e18 };
    for (const [text, value] of Object.entries(forms)) expect(amountOf(text), text).to.be.closeTo(value, value * 1e-9);
  });
});
