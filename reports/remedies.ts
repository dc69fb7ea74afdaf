import { measuredRemedies } from './measured-remedies.ts';
import type { Recording } from './recording.ts';
import type { ExperimentResult, Result } from './result.ts';
import { duration, grouped, plural } from './words.ts';

/** One change to the cluster under test, with what to apply. */
export interface Remedy {
  title: string;
  /** What it does to the incident; remedies are ordered by it. */
  effect: 'prevents it' | 'opens the loop' | 'makes it shorter';
  /** Why this cluster needs it, from what the run measured. */
  because: string;
  /** Whether this run tried it, and what it does not do. */
  note?: string;
  patch: { what: string; text: string };
}

type Gate = Recording['gate'];

/** Values of the two priority classes that every cluster has. */
const SYSTEM_CLUSTER_CRITICAL = 2_000_000_000;
const SYSTEM_NODE_CRITICAL = 2_000_001_000;

/** What to change in the cluster under test (F18), by effect: nothing that this run did not show to be missing. */
export function remediesOf(result: Result, experiment: ExperimentResult, gate: Gate): Remedy[] {
  // What was measured on this very cluster goes before what is known of others.
  const measured = measuredRemedies(experiment.cells ?? []);
  if (measured.length > 0) return measured;
  return [
    outrank(result, experiment, gate),
    noPreemption(experiment),
    replicate(result, experiment, gate),
    exempt(gate),
    breakGlass(experiment, gate),
  ].filter((remedy) => remedy !== undefined);
}

function outrank({ gatekeeper }: Result, e: ExperimentResult, { guarded }: Gate): Remedy | undefined {
  const by = e.story?.evicted?.byPriority;
  const mine = gatekeeper?.priority ?? 0;
  if (gatekeeper === null || mine >= SYSTEM_CLUSTER_CRITICAL) return undefined;
  if (by !== undefined && by >= SYSTEM_NODE_CRITICAL) return undefined;
  const name = by !== undefined && by >= SYSTEM_CLUSTER_CRITICAL ? 'system-node-critical' : 'system-cluster-critical';
  const because =
    by === undefined
      ? `The gatekeeper has priority ${grouped(mine)}: any pod with a higher one may take its place.`
      : `A pod of priority ${grouped(by)} took the place of the gatekeeper, which has ${grouped(mine)}.`;
  return {
    title: 'Give the gatekeeper a priority that no workload has',
    effect: 'prevents it',
    because,
    ...noted(
      guarded !== undefined && guarded.priority > mine ? tried(e, `priority ${grouped(guarded.priority)}`) : undefined,
    ),
    patch: { what: 'Kyverno helm values', text: `admissionController:\n  priorityClassName: ${name}` },
  };
}

/** The value and the policy of a PriorityClass cannot be changed: it has to be made anew. */
function noPreemption({ story }: ExperimentResult): Remedy | undefined {
  const e = story?.evicted;
  if (e?.how !== 'preemption' || e.byPriority === undefined) return undefined;
  return {
    title: 'Let no team’s service push others out',
    effect: 'prevents it',
    because: `${e.by ?? 'A pod'} was allowed to preempt whatever had less than ${grouped(e.byPriority)}.`,
    note: 'With preemptionPolicy Never its pods still come first in the queue, but wait for room. Give it to the class with this value; running pods keep what they have.',
    patch: {
      what: 'PriorityClass, in place of the one with this value: kubectl replace --force -f FILE',
      text: `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: NAME # kubectl get priorityclasses\nvalue: ${e.byPriority}\npreemptionPolicy: Never`,
    },
  };
}

function replicate({ gatekeeper }: Result, e: ExperimentResult, { guarded }: Gate): Remedy | undefined {
  if (gatekeeper === null || gatekeeper.replicas >= 2) return undefined;
  return {
    title: 'Run three replicas on different nodes, two of them at any time',
    effect: 'prevents it',
    because: `With ${plural(gatekeeper.replicas, 'replica')} the loss of one pod is the loss of the gate.`,
    ...noted(
      guarded !== undefined && guarded.replicas > gatekeeper.replicas
        ? tried(e, plural(guarded.replicas, 'replica'))
        : 'A disruption budget holds against drains; the scheduler’s preemption goes by priority and only tries to respect it.',
    ),
    patch: {
      what: 'Kyverno helm values',
      text: [
        'admissionController:',
        '  replicas: 3',
        '  podDisruptionBudget: { enabled: true, minAvailable: 2 }',
        '  topologySpreadConstraints:',
        '    - maxSkew: 1',
        '      topologyKey: kubernetes.io/hostname',
        '      whenUnsatisfiable: ScheduleAnyway',
        '      labelSelector: { matchLabels: { app.kubernetes.io/component: admission-controller } }',
      ].join('\n'),
    },
  };
}

function exempt({ shape }: Gate): Remedy | undefined {
  if (shape !== 'self-admission') return undefined;
  return {
    title: 'Take the gatekeeper’s own namespace out of its webhook',
    effect: 'opens the loop',
    because: 'Its webhook covers its own namespace, so its replacement is refused for want of itself.',
    note: 'Then a replacement is admitted; it still needs a place to run (experiment starvation).',
    patch: { what: 'Kyverno helm values', text: 'config:\n  excludeKyvernoNamespace: true' },
  };
}

function breakGlass(e: ExperimentResult, { mayNotOpen, opened }: Gate): Remedy | undefined {
  if (mayNotOpen.length === 0 || opened.length === 0) return undefined;
  const names = [...new Set(opened.map((ref) => ref.split('/')[1]))].filter(
    (n) => n !== undefined && SAFE_NAME.test(n),
  );
  const kinds = [...new Set(opened.map((ref) => `${ref.split('/')[0]?.toLowerCase()}s`))].filter((k) =>
    SAFE_NAME.test(k),
  );
  const away = e.measures.gatekeeperOutageSeconds;
  return {
    title: 'Give the people on call the way out, and nothing more',
    effect: 'makes it shorter',
    because: `${mayNotOpen.join(', ')} got a 403 for the one deletion that helped${away === null ? '' : `; the gate was dead for ${duration(away)}`}.`,
    note: 'While the rules are gone anything is admitted: put this into the runbook together with a search for what slipped in.',
    patch: {
      what: 'ClusterRole, to be bound to the people on call',
      text: [
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: ClusterRole',
        'metadata:',
        '  name: open-the-gate',
        'rules:',
        '  - apiGroups: [admissionregistration.k8s.io]',
        `    resources: [${kinds.join(', ')}]`,
        `    resourceNames: [${names.join(', ')}]`,
        '    verbs: [get, delete]',
      ].join('\n'),
    },
  };
}

/** Names come from a cluster and go into a manifest: only those that a cluster can really have. */
const SAFE_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

function tried({ measures: { safeguarded: s } }: ExperimentResult, what: string): string | undefined {
  if (s === null) return undefined;
  const stood = s.refusedRequests === 0 && s.minReadyReplicas >= s.requiredReplicas;
  const so = stood
    ? 'the same trigger did no harm'
    : `the same trigger still did harm (${plural(s.refusedRequests, 'refusal')})`;
  return `Tried in this run, together with the other safeguards: with ${what} ${so}.`;
}

function noted(note: string | undefined): { note?: string } {
  return note === undefined ? {} : { note };
}
