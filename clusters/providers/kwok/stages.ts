import { ENCODE_ANNOTATION } from '../../../harness/labels.ts';

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
export function stages(): object[] {
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
    // As a kubelet does: a deleted pod first ends, which a Job may wait for (podReplacementPolicy), then it goes.
    stage(
      'pod-ends',
      'Pod',
      [has('.metadata.deletionTimestamp', 'Exists'), has('.status.phase', 'In', 'Pending', 'Running')],
      {
        next: {
          statusTemplate: podStatus(
            'Failed',
            'False',
            '{terminated: {exitCode: 143, reason: Error, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}',
            false,
          ),
        },
      },
    ),
    stage(
      'pod-goes',
      'Pod',
      [has('.metadata.deletionTimestamp', 'Exists'), has('.status.phase', 'NotIn', 'Pending', 'Running')],
      { next: { delete: true } },
    ),
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
