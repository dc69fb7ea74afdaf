import type { V1Affinity, V1NodeAffinity, V1Toleration } from '@kubernetes/client-node';
import { NODE_LABEL } from '../labels.ts';

/** Keeps pods on the real nodes or on the fake ones. Nodes that falldown did not make have no label, and are real. */
export function nodeAffinityTo(nodes: 'fake' | 'real'): V1NodeAffinity {
  const operator = nodes === 'fake' ? 'In' : 'NotIn';
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: NODE_LABEL, operator, values: ['fake'] }] }],
    },
  };
}

/** The part of a pod's spec that puts it on the real nodes or on the fake ones, which are tainted. */
export function placedOn(nodes: 'fake' | 'real'): { affinity: V1Affinity; tolerations: V1Toleration[] } {
  return {
    affinity: { nodeAffinity: nodeAffinityTo(nodes) },
    tolerations: nodes === 'fake' ? [{ key: NODE_LABEL, operator: 'Exists' }] : [],
  };
}
