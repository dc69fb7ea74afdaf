import { stringify } from 'yaml';
import { NODE_LABEL } from '../../../harness/labels.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { Reserved } from './node-size.ts';

/** kind's own default has 256 /24 ranges, one a node; the fake nodes get one each too. */
const FEW_NODES = 200;
const POD_SUBNET = '10.244.0.0/16';
const WIDE_POD_SUBNET = '10.64.0.0/10';

export interface KindConfigInput {
  profile: Profile;
  /** What the kubelets keep back, so that a node has the profile's size. */
  reserved: Reserved;
  /** Node image, as Docker knows it. */
  image: string;
}

/**
 * The configuration of `kind create cluster`: one control plane, and a worker for each real node. API Priority and
 * Fairness and all limits of the API server are left as Kubernetes ships them.
 */
export function kindConfig({ profile, reserved, image }: KindConfigInput): object {
  const { controllerManager, scheduler, nodes } = profile.cluster;
  const limits = ({ kubeApiQps, kubeApiBurst }: typeof scheduler) => ({
    extraArgs: { 'kube-api-qps': String(kubeApiQps), 'kube-api-burst': String(kubeApiBurst) },
  });
  const worker = {
    role: 'worker',
    image,
    labels: { [NODE_LABEL]: 'real' },
    // A worker's KubeletConfiguration is the cluster's, so what is a worker's own goes in by flags.
    kubeadmConfigPatches: [
      patch('JoinConfiguration', { nodeRegistration: { kubeletExtraArgs: kubeletFlags(reserved, nodes.real.pods) } }),
    ],
  };
  return {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: {
      apiServerAddress: '127.0.0.1',
      podSubnet: nodes.fake.count + nodes.real.count <= FEW_NODES ? POD_SUBNET : WIDE_POD_SUBNET,
    },
    kubeadmConfigPatches: [
      patch('ClusterConfiguration', { controllerManager: limits(controllerManager), scheduler: limits(scheduler) }),
      // kubelets refuse cgroup v1 from 1.35 on unless they are told.
      patch('KubeletConfiguration', { failCgroupV1: false }),
    ],
    nodes: [{ role: 'control-plane', image }, ...Array.from({ length: nodes.real.count }, () => worker)],
  };
}

/** Names of kind's containers, which are its nodes' names too. */
export function workerNames(cluster: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${cluster}-worker${i === 0 ? '' : i + 1}`);
}

export const controlPlaneName = (cluster: string): string => `${cluster}-control-plane`;

function kubeletFlags({ cpu, memory }: Reserved, pods: number): Record<string, string> {
  const parts = [...(cpu === undefined ? [] : [`cpu=${cpu}`]), ...(memory === undefined ? [] : [`memory=${memory}`])];
  return { 'max-pods': String(pods), ...(parts.length === 0 ? {} : { 'system-reserved': parts.join(',') }) };
}

/** Without an apiVersion kind takes it for whichever kubeadm API the Kubernetes version speaks. */
function patch(kind: string, fields: object): string {
  return stringify({ kind, ...fields });
}
