import { NODE_LABEL } from '../../../harness/labels.ts';
import { stages } from './stages.ts';

/** Selects the nodes that kwok plays; all others are left alone. */
export const FAKE_NODES = `${NODE_LABEL}=fake`;

/**
 * kwok's own configuration and its stages. kwok's 4 workers play 40 pods a second when each answer takes 0.1 s, which
 * would make the queue drain for kwok's sake. The other options are its defaults, which it forgets as soon as one is
 * given; `options` go over them.
 */
export function kwokConfiguration(options: Record<string, unknown> = {}): object[] {
  return [
    {
      apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
      kind: 'KwokConfiguration',
      options: {
        podPlayStageParallelism: 8,
        nodePlayStageParallelism: 4,
        nodeLeaseParallelism: 4,
        podsOnNodeSyncParallelism: 1,
        enablePodsOnNodeSyncListPager: true,
        enablePodsOnNodeSyncStreamWatch: false,
        ...options,
      },
    },
    ...stages(),
  ];
}
