import type { V1NodeAffinity } from '@kubernetes/client-node';
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
