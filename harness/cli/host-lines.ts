import type { HostLine } from '../../clusters/host/host-line.ts';
import { judgeKindHost } from '../../clusters/host/kind-checks.ts';
import { type KindFacts, kindFacts } from '../../clusters/host/kind-facts.ts';
import { imageIsMade } from '../../clusters/providers/kind/images.ts';
import { KIND_COMPONENTS } from '../../clusters/providers/kind/index.ts';
import { judgeHost, judgeTools } from './host-checks.ts';
import { hostFacts, toolFacts } from './host-facts.ts';

/** The binaries as for embedded clusters, and the files of an image that is being made. */
const KIND_DISK_BYTES = 5e9;

/** What `host check` says of this host for a kind of cluster. */
export async function linesFor(provider: string, signal: AbortSignal): Promise<HostLine[]> {
  if (provider !== 'kind') return judgeHost(await hostFacts(signal));
  const [facts, tools] = await Promise.all([kindHostFacts(signal), toolFacts(KIND_COMPONENTS, signal)]);
  return [...judgeKindHost(facts), ...judgeTools(tools, KIND_DISK_BYTES)];
}

/** … with what only the whole of falldown knows: the image it would make. */
export function kindHostFacts(signal: AbortSignal): Promise<KindFacts> {
  return kindFacts(signal, () => imageIsMade(signal));
}
