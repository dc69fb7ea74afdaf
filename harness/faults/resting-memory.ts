import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';
import { waitFor } from '../wait.ts';

const MEBI = 2 ** 20;
/** Kubelets measure every 10 to 15 s; three readings in a row must be as near to each other as this. */
const STILL_MIB = 16;
const READINGS = 3;
const WITHIN_SECONDS = 150;

interface Summary {
  node: { memory: { time: string; availableBytes: number } };
}

/**
 * The memory that a node has available, in bytes, once it stays the same, as its kubelet reads it: pods that are going
 * away, a few MiB of shim each, take a while to give theirs back.
 */
export async function restingMemory(admin: KubeClient, node: string, signal: AbortSignal): Promise<number> {
  const path = `${pathOf('Node', { name: node })}/proxy/stats/summary`;
  const readings: Summary['node']['memory'][] = [];
  await waitFor(
    async () => {
      const { memory } = (await admin.get<Summary>(path)).node;
      if (memory.time !== readings.at(-1)?.time) readings.push(memory);
      const last = readings.slice(-READINGS).map((r) => r.availableBytes);
      return last.length === READINGS && Math.max(...last) - Math.min(...last) < STILL_MIB * MEBI;
    },
    {
      what: `the memory of ${node} to stay the same`,
      timeoutSeconds: WITHIN_SECONDS,
      signal,
      seen: () => readings.map((r) => `${r.time} ${Math.round(r.availableBytes / MEBI)} MiB available`).join('\n'),
    },
  );
  return readings.at(-1)?.availableBytes ?? 0;
}
