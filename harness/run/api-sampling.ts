import type { Profile } from '../../clusters/providers/provider.ts';
import type { JournalEntry } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import { startGateway } from '../observe/gateway/gateway.ts';
import { furnishSampler, targetOf } from '../observe/sampler/furnish.ts';
import { startSampler } from '../observe/sampler/sampler.ts';
import { seriesOf } from '../observe/sampler/series.ts';
import type { Teardown } from './teardown.ts';

export interface ApiSampling {
  profile: Profile;
  runId: string;
  journal: Journal;
  teardown: Teardown;
  admin: KubeClient;
  base: Credentials;
}

/** Makes what the API sampler reads and writes, and starts it; it stops with the run. */
export async function startApiSampling(s: ApiSampling): Promise<void> {
  const { profile, runId, journal, teardown, admin, base } = s;
  const { perSecond, timeoutSeconds, asAdmin, gatewayDeadlineSeconds: deadline } = profile.sampler;
  const tell = (entry: JournalEntry) => journal.append(entry);
  const { credentials, goodPod, podPath, reason } = await furnishSampler(admin, base, profile, runId);
  if (reason !== undefined) journal.append({ type: 'note', text: `reads of one pod are not sampled: ${reason}` });
  const user = targetOf(credentials);
  const gateway = deadline === 0 ? undefined : await startGateway(base, deadline, tell);
  if (gateway !== undefined) teardown.push('gateway', () => gateway.stop());
  const series = seriesOf({
    rates: perSecond,
    user,
    gateway: gateway === undefined ? undefined : { ...user, server: gateway.server, tls: gateway.tls },
    admin: asAdmin ? targetOf(base) : undefined,
    podPath,
    goodPod,
  });
  const sampling = {
    ...series,
    timeoutSeconds,
    gatewayDeadlineSeconds: deadline === 0 ? null : deadline,
    nowSeconds: journal.now(),
  };
  teardown.push('API sampler', await startSampler(sampling, tell));
}
