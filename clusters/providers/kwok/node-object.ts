import { NODE_LABEL } from '../../../harness/labels.ts';

/** What a node has to give, as Kubernetes quantities. */
export interface Size {
  cpu: string;
  memory: string;
  pods: number;
}

/** A Node for which no kubelet will ever speak: whoever makes it says what it is and has. */
export function nodeObject(
  name: string,
  kind: 'real' | 'fake',
  size: Size,
  is: { version: string; runtime: string; conditions: object[] },
): object {
  const resources = { cpu: size.cpu, memory: size.memory, pods: String(size.pods) };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': process.arch === 'arm64' ? 'arm64' : 'amd64',
        [NODE_LABEL]: kind,
      },
    },
    status: {
      capacity: resources,
      allocatable: resources,
      addresses: [{ type: 'Hostname', address: name }],
      nodeInfo: {
        kubeletVersion: `v${is.version}`,
        containerRuntimeVersion: is.runtime,
        operatingSystem: 'linux',
        architecture: 'amd64',
        kernelVersion: '',
        osImage: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
        kubeProxyVersion: '',
      },
      conditions: is.conditions,
    },
  };
}
