import type { HostLine } from '../../clusters/host/host-line.ts';
import { judgeKindHost } from '../../clusters/host/kind-checks.ts';
import { type KindFacts, kindFacts } from '../../clusters/host/kind-facts.ts';
import { judgeHost } from './host-checks.ts';
import { hostFacts } from './host-facts.ts';

/** What `host check` says of this host for a kind of cluster. */
export async function linesFor(provider: string, signal: AbortSignal): Promise<HostLine[]> {
  return provider === 'kind' ? judgeKindHost(await kindHostFacts(signal)) : judgeHost(await hostFacts(signal));
}

/** … with what only the whole of falldown knows: the image it would make. */
export function kindHostFacts(signal: AbortSignal): Promise<KindFacts> {
  return kindFacts(signal, async () => false);
}
