import type { HostLine } from '../../clusters/host/host-line.ts';
import { judgeKindHost } from '../../clusters/host/kind-checks.ts';
import { kindFacts } from '../../clusters/host/kind-facts.ts';
import { judgeHost } from './host-checks.ts';
import { hostFacts } from './host-facts.ts';

/** What `host check` says of this host for a kind of cluster. */
export async function linesFor(provider: string, signal: AbortSignal): Promise<HostLine[]> {
  return provider === 'kind' ? judgeKindHost(await kindFacts(signal)) : judgeHost(await hostFacts(signal));
}
