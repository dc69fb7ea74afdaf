import { ENCODE_ANNOTATION, NODE_LABEL } from '../../../harness/labels.ts';
import type { Profile } from '../../profiles/profile.ts';

export interface Binaries {
  etcd: string;
  'kube-apiserver': string;
  'kube-controller-manager': string;
  'kube-scheduler': string;
  kwok: string;
}

/**
 * kwokctl's configuration: our binaries, loopback only, API Priority and Fairness left on (kwokctl's
 * --disable-qps-limits would turn it off), and no leader election or node leases, which only add load here.
 */
export function kwokConfig(profile: Profile, binaries: Binaries, octet: number): object[] {
  const { controllerManager, scheduler, kubernetes } = profile.cluster;
  const flags = (entries: Record<string, string | number | boolean>) =>
    Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));
  return [
    {
      apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
      kind: 'KwokctlConfiguration',
      options: {
        runtime: 'binary',
        bindAddress: '127.0.0.1',
        kubeVersion: `v${kubernetes}`,
        quietPull: true,
        disableQPSLimits: false,
        nodeLeaseDurationSeconds: 0,
        etcdBinary: binaries.etcd,
        kubeApiserverBinary: binaries['kube-apiserver'],
        kubeControllerManagerBinary: binaries['kube-controller-manager'],
        kubeSchedulerBinary: binaries['kube-scheduler'],
        kwokControllerBinary: binaries.kwok,
      },
      componentsPatches: [
        { name: 'kube-apiserver', extraArgs: flags({ 'service-cluster-ip-range': `127.${octet}.0.0/17` }) },
        {
          name: 'kube-controller-manager',
          extraArgs: flags({
            'kube-api-qps': controllerManager.kubeApiQps,
            'kube-api-burst': controllerManager.kubeApiBurst,
            'leader-elect': false,
          }),
        },
        {
          name: 'kube-scheduler',
          extraArgs: flags({
            'kube-api-qps': scheduler.kubeApiQps,
            'kube-api-burst': scheduler.kubeApiBurst,
            'leader-elect': false,
          }),
        },
        {
          name: 'kwok-controller',
          extraArgs: [
            { key: 'manage-all-nodes', value: 'false', override: true },
            // Not there by default, and kwokctl drops an override of what is not there.
            { key: 'manage-nodes-with-label-selector', value: `${NODE_LABEL}=fake` },
          ],
        },
      ],
    },
    {
      apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
      kind: 'KwokConfiguration',
      // kwok's own 4 play 40 pods a second when each answer takes 0.1 s, which would make the queue drain for kwok's sake.
      // The others are its defaults, which it forgets as soon as one option is given here.
      options: {
        podPlayStageParallelism: 8,
        nodePlayStageParallelism: 4,
        nodeLeaseParallelism: 4,
        podsOnNodeSyncParallelism: 1,
        enablePodsOnNodeSyncListPager: true,
        enablePodsOnNodeSyncStreamWatch: false,
      },
    },
    ...stages(),
  ];
}

function stage(name: string, kind: 'Pod' | 'Node', matchExpressions: object[], spec: object): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, ...spec },
  };
}

const has = (key: string, operator: string, ...values: string[]) => ({
  key,
  operator,
  ...(values.length === 0 ? {} : { values }),
});

/** How a pod lives on a fake node: it runs, a Job's pod succeeds after its encode time, a deleted one goes. */
function stages(): object[] {
  const alive = has('.metadata.deletionTimestamp', 'DoesNotExist');
  return [
    stage('node-ready', 'Node', [has('.status.conditions.[] | select(.type == "Ready") | .status', 'NotIn', 'True')], {
      next: {
        statusTemplate: `conditions:
- type: Ready
  status: "True"
  reason: KubeletReady
  message: played by kwok
  lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ Now | Quote }}
phase: Running
`,
      },
    }),
    stage('pod-runs', 'Pod', [alive, has('.status.phase', 'In', 'Pending')], {
      next: { statusTemplate: podStatus('Running', 'True', '{running: {startedAt: {{ $now | Quote }}}}', true) },
    }),
    stage(
      'segment-encoded',
      'Pod',
      [alive, has('.status.phase', 'In', 'Running'), has('.metadata.ownerReferences.[].kind', 'In', 'Job')],
      {
        delay: {
          durationMilliseconds: 1000,
          durationFrom: { expressionFrom: `.metadata.annotations["${ENCODE_ANNOTATION}"]` },
        },
        next: {
          statusTemplate: podStatus(
            'Succeeded',
            'False',
            '{terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}',
            false,
          ),
        },
      },
    ),
    stage('pod-goes', 'Pod', [has('.metadata.deletionTimestamp', 'Exists')], { next: { delete: true } }),
  ];
}

function podStatus(phase: string, ready: 'True' | 'False', state: string, starting: boolean): string {
  const conditions = ['Initialized', 'Ready', 'ContainersReady']
    .map(
      (type) =>
        `- {type: ${type}, status: "${type === 'Initialized' ? 'True' : ready}", lastTransitionTime: {{ $now | Quote }}}`,
    )
    .join('\n');
  const addresses = `{{ $ips := PodIPsWith .spec.nodeName false ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
{{ with $ips }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
startTime: {{ $now | Quote }}`;
  return `{{ $now := Now }}
phase: ${phase}
conditions:
${conditions}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: ${ready === 'True'}
  started: ${ready === 'True'}
  restartCount: 0
  state: ${state}
{{ end }}
${starting ? addresses : ''}
`;
}
