import { setTimeout as delay } from 'node:timers/promises';
import type { ScrapeTarget } from '../../clusters/providers/provider.ts';
import type { SchedulerSample } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import { KubeClient } from '../kube/client.ts';

const LINE = /^(scheduler_\w+)(?:\{([^}]*)\})? (\S+)$/;

/**
 * Reads the numbers that tell how busy the scheduler is from its /metrics (Prometheus text). Throws when the depth of its
 * queues is not in it: then it is no scheduler. A counter that nothing has counted yet is 0.
 */
export function schedulerSample(text: string): SchedulerSample {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (
      name === undefined ||
      !/^scheduler_(pending_pods|schedule_attempts_total|preemption_attempts_total)$/.test(name)
    )
      continue;
    const label = /(?:queue|result)="([^"]*)"/.exec(labels)?.[1] ?? '';
    // Several profiles of one scheduler count apart.
    values.set(`${name} ${label}`, (values.get(`${name} ${label}`) ?? 0) + Number(value));
  }
  const pending = (queue: string) => {
    const depth = values.get(`scheduler_pending_pods ${queue}`);
    if (depth === undefined) throw new Error(`its metrics have no scheduler_pending_pods{queue="${queue}"}`);
    return depth;
  };
  const attempts = (result: string) => values.get(`scheduler_schedule_attempts_total ${result}`) ?? 0;
  return {
    type: 'scheduler',
    pending: { active: pending('active'), backoff: pending('backoff'), unschedulable: pending('unschedulable') },
    attempts: {
      scheduled: attempts('scheduled'),
      unschedulable: attempts('unschedulable'),
      error: attempts('error'),
    },
    preemptions: values.get('scheduler_preemption_attempts_total ') ?? 0,
  };
}

/** Reaches what publishes metrics on this host's loopback, under a certificate that it made for itself at its start. */
export function metricsClient({ job, scheme, address }: ScrapeTarget): KubeClient {
  const server = `${scheme}://${address}`;
  const credentials = { server, cluster: job, user: 'anonymous', headers: {}, tls: { rejectUnauthorized: false } };
  return new KubeClient(credentials, { actor: `${job}-scraper`, connections: 1 });
}

/** Samples the scheduler until told to stop. What cannot be read is a hole in the journal: told once for each hole. */
export function sampleScheduler(client: KubeClient, perSecond: number, journal: Journal): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  let missing = false;
  const sample = async () => {
    try {
      journal.append(schedulerSample(await client.text('/metrics', { signal, timeoutSeconds: 5 })));
      missing = false;
    } catch (error) {
      if (signal.aborted || missing) return;
      missing = true;
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
      journal.append({ type: 'note', text: `the scheduler’s metrics cannot be read: ${why}` });
    }
  };
  const run = async () => {
    while (!signal.aborted) {
      await sample();
      await delay(1000 / perSecond, undefined, { signal }).catch(() => undefined);
    }
  };
  const running = run();
  return () => {
    stop.abort();
    return running;
  };
}
