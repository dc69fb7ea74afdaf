import { z } from 'zod';
import { metrics } from './schema-metrics.ts';
import {
  amount,
  dnsLabel,
  dnsName,
  factorial,
  kubernetesObject,
  labels,
  list,
  matching,
  podTemplate,
  priorityClassName,
  quantity,
  requests,
  some,
  text,
  version,
  whole,
} from './schema-parts.ts';
import { clients, sampler } from './schema-sampler.ts';
import { upgradeTo } from './schema-upgrade.ts';

// Defaults are what Kubernetes and Kyverno ship with, so that a profile shows where it departs from them.

function nodes(count: { min: number; max: number; default: number }, cpu: string, memory: string, pods: number) {
  return z
    .strictObject({
      count: whole(count.min, count.max).default(count.default).describe('How many nodes.'),
      cpu: quantity().default(cpu).describe('CPU of each node: a Kubernetes quantity, in cores.'),
      memory: quantity().default(memory).describe('Memory of each node: a Kubernetes quantity, in bytes.'),
      pods: whole(1, 10_000).default(pods).describe('How many pods each node takes.'),
    })
    .prefault({});
}

function clientLimits(qps: number, burst: number) {
  return z
    .strictObject({
      kubeApiQps: amount(1, 100_000).default(qps).describe('Requests to the API server, per second, on average.'),
      kubeApiBurst: whole(1, 100_000)
        .default(burst)
        .describe('Requests to the API server at once, before the average limits.'),
    })
    .prefault({});
}

const cluster = z.strictObject({
  kubernetes: version('1.36.3').default('1.36.3').describe('Kubernetes version of the control plane.'),
  nodes: z
    .strictObject({
      real: nodes({ min: 1, max: 20, default: 1 }, '2', '4Gi', 110).describe(
        'Nodes whose pods are real processes (embedded) or containers (kind). The gatekeeper lives here.',
      ),
      fake: nodes({ min: 0, max: 5_000, default: 60 }, '500', '250Gi', 1000).describe(
        'KWOK nodes, tainted so that only the encoding Job lands on them.',
      ),
    })
    .prefault({})
    .describe('Nodes, and what each has to give.'),
  controllerManager: clientLimits(20, 30).describe(
    "The controller-manager's client limits: a Job grows by at most this.",
  ),
  scheduler: clientLimits(50, 100).describe("The scheduler's client limits: pods are bound at most this fast."),
});

const chart = z.strictObject({
  ref: text('a folder, a .tgz file, an oci:// address, or repo/chart').describe(
    'Folder or .tgz of the Kyverno chart (relative to the file that says it), an oci:// address, or repo/chart.',
  ),
  repo: matching(/^https?:\/\/\S+$/, 'the http(s) address of a helm repository')
    .optional()
    .describe('Address of the helm repository, for a repo/chart ref.'),
  version: version('3.9.1').optional().describe("The chart's own version; without it, the repository's newest."),
});

const SLEEPING_POD = { containers: [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '3600'] }] };

const gatekeeper = z.strictObject({
  kyverno: version('1.19.1').default('1.19.1').describe('Kyverno version.'),
  chart: chart.optional().describe("Where the chart comes from; without it, the chart of the version's own source."),
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("helm values over the chart's own. null removes a default of the chart, as with helm."),
  upgradeTo: upgradeTo(chart),
  policies: list(kubernetesObject()).default([]).describe('Policies to apply, as Kubernetes objects of any kind.'),
  probes: z
    .strictObject({
      violating: podTemplate()
        .prefault({ metadata: { labels: { app: 'slipped-in' } }, spec: SLEEPING_POD })
        .describe('A pod that the policies must refuse.'),
      good: podTemplate()
        .prefault({ metadata: { labels: { app: 'well-behaved', team: 'platform' } }, spec: SLEEPING_POD })
        .describe('A pod that the policies must admit.'),
    })
    .prefault({})
    .describe('Two pods that show whether the gatekeeper enforces.'),
});

export const priorityClass = z.strictObject({
  name: priorityClassName().describe('Name of the PriorityClass; the prefix system- belongs to Kubernetes.'),
  value: whole(-2_147_483_648, 1_000_000_000).describe(
    'Priority; higher comes first. Users may go to 1000000000; system-cluster-critical is 2000000000.',
  ),
  preemptionPolicy: z
    .enum(['PreemptLowerPriority', 'Never'])
    .optional()
    .describe('Never: its pods come first in the queue but evict nobody. Kubernetes takes PreemptLowerPriority.'),
  globalDefault: z.boolean().optional().describe('Pods without a class get this one; at most one class may say so.'),
  team: text('the name of a team').optional().describe('Team that owns the class, for the report.'),
  description: z.string({ error: 'a string' }).optional().describe('What the class is for.'),
});

const classRef = () =>
  dnsName().optional().describe('PriorityClass of its pods: one of priorityClasses, or a system- one.');

const fields = () => z.record(z.string(), z.unknown()).optional();
const encoding = z.strictObject({
  namespace: dnsLabel().default('encoding').describe('Namespace of the Job.'),
  pods: whole(1, 100_000).default(3000).describe('Segments to encode: one pod each.'),
  parallelism: whole(1, 100_000).optional().describe('Pods that may run at a time; without it, all of them.'),
  encodeSeconds: amount(0, 86_400).default(10).describe('How long one segment takes, in seconds.'),
  labels: labels().default({}).describe('Labels of the Job and its pods.'),
  requests: requests('500m', '256Mi').prefault({}).describe('What each pod asks of its node.'),
  priorityClassName: classRef(),
  jobSpec: fields().describe('Over the spec of the Job: backoffLimit, podFailurePolicy …; null takes a field away.'),
  realPods: whole(0, 1000).default(0).describe('How many of the segments run as real processes on the real nodes.'),
});

const security = z.strictObject({
  namespace: dnsLabel().default('security').describe('Namespace of the Deployment.'),
  replicas: whole(0, 100).default(1).describe('Pods of the service; 0 leaves it out.'),
  labels: labels().default({}).describe('Labels of the Deployment and its pods.'),
  requests: requests('1950m', '64Mi')
    .prefault({})
    .describe('What each pod asks of its node; nearly all of it, to collide.'),
  priorityClassName: classRef(),
});

const words = (error: string) => some(z.string({ error }), error);
const rule = z.strictObject({
  apiGroups: words('one API group or more ("" is the core one)').describe('API groups; "" is the core group.'),
  resources: words('one resource or more').describe('Resources, in the plural; subresources as pods/eviction.'),
  verbs: words('one verb or more').describe('Verbs: get, list, watch, create, update, patch, delete.'),
  resourceNames: words('one name or more').optional().describe('Only objects of these names.'),
});
const identity = z
  .strictObject({
    name: dnsLabel().describe('Name of the identity, as it appears in the journal.'),
    rules: list(rule).optional().describe('RBAC rules over the whole cluster.'),
    clusterRole: text('the name of a ClusterRole').optional().describe('An existing ClusterRole, instead of rules.'),
  })
  .refine(({ rules, clusterRole }) => (rules === undefined) !== (clusterRole === undefined), {
    error: 'either rules or clusterRole, one of the two',
  });

/** Laid over the profile, the patch has to give a profile again: its fields are checked there, at their place (safeguards.ts). */
const safeguard = z.strictObject({
  name: dnsLabel().describe('Name of the safeguard, as --only and the reports call it.'),
  describe: text('one line').describe('What it changes and what it is to prevent, in one line.'),
  patch: z
    .strictObject({
      gatekeeper: fields().describe('Over the gatekeeper of the profile: values merge, policies replace.'),
      priorityClasses: list(z.looseObject({ name: priorityClassName().describe('Class that it changes or adds.') }))
        .default([])
        .describe('Merged by name over the classes of the profile, field by field.'),
      workloads: fields().describe('Over the workloads of the profile: encoding, security, services.'),
      objects: list(kubernetesObject()).default([]).describe('More objects, e.g. a ResourceQuota.'),
    })
    .describe('What of the profile it changes.'),
});

const timing = (seconds: number) => amount(0.1, 86_400).default(seconds);
const timings = z.strictObject({
  holdSeconds: timing(45).describe('How long the deadlock is watched after its trigger is gone, in seconds.'),
  preemptionWithinSeconds: timing(30).describe(
    'How long the method waits for the gatekeeper to be evicted, in seconds.',
  ),
  recoveryWithinSeconds: timing(180).describe('How long the method waits for a recovery, in seconds.'),
  standSeconds: timing(10).describe('How long the same trigger is watched against the safeguards, in seconds.'),
  drainWithinSeconds: timing(300).describe('How long the method waits for the encoding queue to drain, in seconds.'),
});

/** A profile with everything resolved: what the rest of falldown works with. */
export const profileSchema = z.strictObject({
  apiVersion: z.literal('falldown.dev/v1').describe('Version of this format.'),
  kind: z.literal('Profile').describe('Always Profile.'),
  name: dnsLabel().describe('Name of the profile, as reports show it.'),
  description: z.string({ error: 'a string' }).default('').describe('One line: what is special about this cluster.'),
  cluster: cluster.prefault({}).describe('The control plane and its nodes.'),
  gatekeeper: gatekeeper.prefault({}).describe('Kyverno: version, helm values, policies.'),
  priorityClasses: list(priorityClass).default([]).describe('PriorityClasses of all teams.'),
  workloads: z
    .strictObject({
      encoding: encoding.prefault({}).describe('The batch Job that fans out: one indexed Job, one pod a segment.'),
      security: security.prefault({}).describe("The security team's service, which outranks the gatekeeper."),
      clients: clients.prefault({}).describe('Who asks the API server from outside, in experiments about its latency.'),
      services: list(kubernetesObject())
        .default([])
        .describe(
          'What else runs: Deployments, StatefulSets and DaemonSets, in the order in which they come; the annotation falldown.dev/wave: "1" lets one come later. Requests, priorities and labels count; the containers only sleep.',
        ),
    })
    .prefault({})
    .describe('What runs in the cluster.'),
  objects: list(kubernetesObject())
    .default([])
    .describe('Other Kubernetes objects to apply: PodDisruptionBudgets, ResourceQuotas, admission policies …'),
  identities: list(identity).default([]).describe('Who may do what; each gets a kubeconfig of its own.'),
  safeguards: list(safeguard).default([]).describe('Your own safeguards, for the experiment safeguards.'),
  repeats: whole(1, 9)
    .default(1)
    .describe(
      'How often each cell of a matrix runs: one that does not end the same each time is inconclusive (--repeat).',
    ),
  factorial,
  restoreWith: text('the name or path of a profile')
    .optional()
    .describe('Profile (name or path) whose gatekeeper values are the safeguards that the rules come back with.'),
  sampler: sampler.prefault({}).describe('How API latency is sampled.'),
  metrics: metrics.prefault({}).describe('Prometheus: what it measures, and how it came to lie.'),
  timings: timings.prefault({}).describe('How long the method watches and waits.'),
});

const path = () => text('the path of a file');

/** A profile as it is written: it may extend another one and name files; all of it is resolved by loadProfile. */
export const profileFileSchema = profileSchema.extend({
  extends: text('the name or path of a profile')
    .optional()
    .describe('Profile (name, or path relative to this file) that this one is merged over: maps merge, lists replace.'),
  gatekeeper: gatekeeper
    .extend({
      valuesFiles: list(path()).default([]).describe('helm values files, merged in order; values goes over them.'),
      policyFiles: list(path())
        .default([])
        .describe('Files of Kyverno policies, or folders of *.yaml and *.yml, after the ones in policies.'),
    })
    .prefault({})
    .describe('Kyverno: version, helm values, policies.'),
  workloadFiles: list(path())
    .default([])
    .describe(
      'Files of Deployments, StatefulSets, DaemonSets, PodDisruptionBudgets and ResourceQuotas, after workloads.services and objects.',
    ),
  priorityClassFiles: list(path())
    .default([])
    .describe('Files of Kubernetes PriorityClasses, merged by name over priorityClasses.'),
});
