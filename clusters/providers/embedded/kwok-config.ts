import type { Profile } from '../../profiles/profile.ts';
import { FAKE_NODES, kwokConfiguration } from '../kwok/configuration.ts';

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
 * `auditPolicy` is the path of an audit policy; without one there is no audit log.
 */
export function kwokConfig(profile: Profile, binaries: Binaries, octet: number, auditPolicy?: string): object[] {
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
        ...(auditPolicy === undefined ? {} : { kubeAuditPolicy: auditPolicy }),
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
            { key: 'manage-nodes-with-label-selector', value: FAKE_NODES },
          ],
        },
      ],
    },
    ...kwokConfiguration(),
  ];
}
