import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Job } from '@kubernetes/client-node';
import { loadProfile } from '../../clusters/profiles/load.ts';
import type { ClusterProvider } from '../../clusters/providers/provider.ts';
import { Journal } from '../../harness/journal/writer.ts';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { encodingJobs } from '../../harness/load/encoding.ts';
import { Live } from '../../harness/observe/live.ts';
import { furnish } from '../../harness/run/provision.ts';
import { Scene } from '../../harness/run/scene.ts';
import type { Claim, Measurement } from './claim.ts';
import { controllersCpuSeconds } from './cpu.ts';

const RUN = 'bench';
const progress = { step: () => () => undefined, say: () => undefined };

/**
 * The same fan-out with every observer on and with none; the gatekeeper admits each pod. Each time on a cluster of its own,
 * as removing 10,000 pods takes several times as long as making them.
 */
export const fanOutSideBySide = (p: {
  name: string;
  /** What the cluster is, at the end of a sentence. */
  where: string;
  provider: () => ClusterProvider;
  pods: number;
  runs: number;
  missing?: Claim['missing'];
}): Claim => ({
  name: p.name,
  says: `a fan-out of ${p.pods} pods ${p.where} is at least 0.95 as fast with every observer on as with none`,
  ours: 'pods/s with watches, probes, API sampler and gateway',
  theirs: 'pods/s with none of them',
  unit: 'pods/s',
  ratio: { atLeast: 0.95 },
  // From one fan-out to the next a machine changes by more than observers cost, so every one of them has to count, at the
  // speed that the machine had.
  typical: 'overall',
  runs: p.runs,
  ...(p.missing === undefined ? {} : { missing: p.missing }),

  async open(say, signal) {
    const dir = mkdtempSync(join(tmpdir(), 'falldown-bench-'));
    process.env.XDG_STATE_HOME = join(dir, 'state');
    const provider = p.provider();
    const name = `falldown-bench-${process.pid}`;
    const set = [
      `workloads.encoding.pods=${p.pods}`,
      'workloads.encoding.realPods=0',
      'workloads.encoding.encodeSeconds=600',
    ];
    const { profile } = loadProfile({ profile: 'as-in-the-incident', set });
    await provider.prepare(profile, progress, signal);

    const measured = async (observed: boolean): Promise<Measurement> => {
      const clients: KubeClient[] = [];
      try {
        const handle = await provider.up({ name, profile, runId: RUN, progress, signal });
        const base = await credentialsFrom(handle.kubeconfig);
        const client = (actor: string) => {
          const made = new KubeClient(base, { actor, connections: 16 });
          clients.push(made);
          return made;
        };
        const bencher = client('bench');
        const people = await furnish({ handle, profile, admin: bencher, base, runId: RUN, signal, gatekeeper: true });
        await handle.settled;
        if (!observed) return await fanOut(bencher);
        const journal = new Journal(join(dir, `journal-${Date.now()}.ndjson`));
        const live = new Live();
        journal.subscribe((event) => live.see(event));
        const admin = client('harness');
        const around = { handle, base, admin, profile, safeguards: undefined, journal, live, runId: RUN, signal };
        const scene = new Scene(around);
        try {
          await scene.observe();
          await scene.populate(people);
          await scene.sampleApi();
          const measurement = await fanOut(bencher);
          say(`  the journal has ${live.encoding.created} pods`);
          return measurement;
        } finally {
          await scene.close();
          journal.close();
        }
      } finally {
        for (const client of clients) await client.close();
        await provider.down(name);
      }
    };

    /**
     * Pods per second as the Job itself counts them, asked for by one small request at a time. Until every pod has started: how
     * many of the last ones made are not yet scheduled is chance (of 3,000 between 1,400 and 2,200), and they have their cost.
     */
    const fanOut = async (client: KubeClient): Promise<Measurement> => {
      const [job] = encodingJobs(profile.workloads.encoding, RUN, true);
      const { namespace } = profile.workloads.encoding;
      const path = pathOf('Job', { namespace, name: job!.name });
      const before = controllersCpuSeconds();
      const began = performance.now();
      await client.create(pathOf('Job', { namespace }), job!.manifest);
      const started = async () => {
        const { ready = 0, succeeded = 0 } = (await client.get<V1Job>(path)).status ?? {};
        return ready + succeeded;
      };
      while ((await started()) < p.pods) await delay(100, undefined, { signal });
      const rate = p.pods / ((performance.now() - began) / 1000);
      return { rate, yardstick: controllersCpuSeconds() - before };
    };

    return {
      ours: () => measured(true),
      theirs: () => measured(false),
      async close() {
        await provider.down(name);
        rmSync(dir, { recursive: true, force: true });
      },
    };
  },
});
