import { FalldownError } from '../../../harness/errors.ts';
import type { Profile } from '../../profiles/profile.ts';

/** What every node of kind sees: all of the machine that Docker runs on. */
export interface Machine {
  cpus: number;
  memoryBytes: number;
}

/** Kubernetes quantities for the kubelet's system-reserved; undefined where nothing is to be kept back. */
export interface Reserved {
  cpu: string | undefined;
  memory: string | undefined;
}

/**
 * What a kubelet must keep back so that its node offers what the profile says and no more: real nodes of kind would
 * offer the whole machine each.
 * @throws FalldownError NODE_TOO_BIG (usage) when the profile asks for more than there is.
 */
export function reservedFor({ cpu, memory }: Profile['cluster']['nodes']['real'], machine: Machine): Reserved {
  const cores = amountOf(cpu);
  const bytes = amountOf(memory);
  if (cores > machine.cpus || bytes > machine.memoryBytes) {
    throw new FalldownError({
      code: 'NODE_TOO_BIG',
      kind: 'usage',
      what: 'the profile’s real nodes are bigger than the machine that Docker runs on',
      on: `cluster.nodes.real: cpu ${cpu}, memory ${memory}`,
      seen: `${machine.cpus} CPUs, ${(machine.memoryBytes / 2 ** 30).toFixed(1)}Gi`,
      next: `--set cluster.nodes.real.cpu=${Math.min(cores, machine.cpus)} and requests of the workloads that fit it`,
    });
  }
  const spareMillis = Math.round((machine.cpus - cores) * 1000);
  const spareBytes = Math.floor(machine.memoryBytes - bytes);
  return {
    cpu: spareMillis > 0 ? `${spareMillis}m` : undefined,
    memory: spareBytes > 0 ? String(spareBytes) : undefined,
  };
}

const FACTORS: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The number behind a Kubernetes quantity: `500m` is 0.5, `4Gi` is 4 × 2³⁰. The profile has checked its form. */
export function amountOf(quantity: string): number {
  const [, digits = '', suffix = ''] = /^([\d.]+(?:[eE][-+]?\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  const binary = BINARY.indexOf(suffix);
  return Number(digits) * (binary >= 0 ? 2 ** (10 * (binary + 1)) : (FACTORS[suffix] ?? 1));
}
