import type { ClusterProvider, Profile } from '../../clusters/providers/provider.ts';
import { few } from '../check/verdicts.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { encodingJobs } from '../load/encoding.ts';
import { clusterDir } from '../paths.ts';
import { clusterName } from '../run/cluster-name.ts';
import type { MatrixPlan } from '../run/plan-matrix.ts';
import type { Experiment } from '../run/script.ts';
import { NAMES_SHOWN, sizeOf } from './matrix-options.ts';

/** What a run would create, for how long, and where it may not go; for `--dry-run`. */
export function planText(
  experiment: Experiment,
  provider: ClusterProvider,
  profile: Profile,
  matrix?: MatrixPlan,
): string {
  const { nodes, kubernetes } = profile.cluster;
  const { encoding, security } = profile.workloads;
  const name = clusterName('xxxxxx');
  const jobs = encodingJobs(encoding, 'dry-run', nodes.fake.count > 0).map(
    (j) => `Job/${encoding.namespace}/${j.name} (${j.segments} pods)`,
  );
  const lines = [
    `${experiment.name}: ${experiment.title}`,
    `  facts      ${experiment.facts.join(' ')}`,
    `  takes      about ${experiment.typicalSeconds} s on 2 cores at the size of its own profile`,
    `  cluster    ${provider.name}, Kubernetes ${kubernetes}, ${nodes.real.count} real and ${nodes.fake.count} fake nodes`,
    `  named      ${name}, in ${clusterDir(name)}; removed at the end`,
    `  gatekeeper Kyverno ${profile.gatekeeper.kyverno} in namespace ${KYVERNO_NAMESPACE}, profile ${profile.name}`,
    `  policies   ${profile.gatekeeper.policies.map((p) => `${p.kind}/${p.metadata.name}`).join(', ') || 'none'}`,
    `  priorities ${profile.priorityClasses.map((c) => `${c.name}=${c.value}`).join(', ') || 'none'}`,
    `  load       ${jobs.join(', ')}`,
    `  fault      Deployment/${security.namespace}/security-agent at ${security.priorityClassName ?? 'no priority class'}`,
    ...(profile.metrics.prometheus
      ? ['  metrics    Prometheus beside it, on 127.0.0.1; its data stays in the run’s folder']
      : []),
    '  method',
    ...experiment.steps.map((s) => `    ${s.phase.padEnd(16)} ${s.title}`),
    ...cellLines(experiment, profile, matrix),
    '  checks',
    ...experiment.checks.map((c) => `    ${c.name}`),
    '  never      touches your kubeconfig, its current context, or any cluster that falldown did not make',
  ];
  return `${lines.join('\n')}\n`;
}

/** The cells of a matrix, and what becomes of them. */
function cellLines(experiment: Experiment, profile: Profile, matrix: MatrixPlan | undefined): string[] {
  if (matrix === undefined) return [];
  const width = Math.max(16, ...matrix.cells.map(({ name }) => name.length));
  const kept = matrix.resumed?.cells ?? [];
  return [
    `  cells      ${sizeOf(experiment, profile, matrix)}, each from a checkpoint of the cluster at the end of the method`,
    ...matrix.cells.map(({ name, title }) => `    ${name.padEnd(width)} ${title}`),
    ...(kept.length === 0 ? [] : [`  kept       ${kept.join(', ')}, from ${matrix.resumed?.runId}`]),
    ...(matrix.leftOut.length === 0 ? [] : [`  left out   ${few(matrix.leftOut, NAMES_SHOWN)}`]),
  ];
}
