import { z } from 'zod';
import { amount, whole } from './schema-parts.ts';

const rate = (perSecond: number, what: string) =>
  amount(0, 1000).default(perSecond).describe(`${what}, per second; 0 leaves it out.`);

/** How API latency is sampled. */
export const sampler = z.strictObject({
  perSecond: z
    .strictObject({
      getPod: rate(2, 'Reads of one pod'),
      listPage: rate(0.05, 'Lists of the first 500 pods of the cluster'),
      // Lists are what sampling costs: one of 20,000 pods takes the API server half a second of CPU.
      listAll: rate(0.025, 'Lists of every pod of the cluster in one answer'),
      writeConfigMap: rate(0.5, 'ConfigMaps created, seen by a watch, and deleted'),
      // Whether the gate answers, and when it stops, a probe of its own asks every second.
      dryRunPod: rate(0.25, 'Dry-run creations of a pod that the policies admit'),
    })
    .prefault({})
    .describe('Requests of each class, on a fixed schedule whatever the answers.'),
  schedulerPerSecond: amount(0, 10)
    .default(0)
    .describe('How often the scheduler’s own metrics are read, per second, where they can be reached; 0: never.'),
  timeoutSeconds: amount(1, 3600)
    .default(90)
    .describe('A request without an answer is given up after so many seconds; more than a gateway gives it.'),
  gatewayDeadlineSeconds: amount(0, 3600)
    .default(60)
    .describe(
      'Reads and dry-runs go every other time through a gateway that gives up (504) after so many seconds; 0: no gateway.',
    ),
  asAdmin: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe('Also read the pod as the admin of the cluster, whom API Priority and Fairness may exempt.'),
});

/** Who loads the API server from outside. */
export const clients = z.strictObject({
  everySeconds: amount(0.1, 3600)
    .default(5)
    .describe('Between two refreshes of a dashboard, and two rounds of a controller, in seconds.'),
  dashboards: whole(0, 1000).default(64).describe('Dashboards at most: each lists everything with each refresh.'),
  watchers: whole(0, 1000).default(32).describe('Watchers at most: `kubectl get pods -A -w`.'),
  controllers: whole(0, 1000)
    .default(16)
    .describe('Controllers at most: each asks for a pod in dry-run, and retries what is refused as client-go does.'),
});
