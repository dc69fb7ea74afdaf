import { apiServerPausedDescription } from './api-server-paused.ts';
import { apiServerStarvedDescription } from './api-server-starved.ts';
import { batchCollisionDescription } from './batch-collision.ts';
import { crashLoopDescription } from './crash-loop.ts';
import { etcdPausedDescription } from './etcd-paused.ts';
import { evictOneDescription } from './evict-one.ts';
import { gatekeeperSlowDescription } from './gatekeeper-slow.ts';
import { nodeCriticalDescription } from './node-critical-collision.ts';
import { rulesDeletedDescription } from './rules-deleted.ts';
import { stallDescription } from './stall.ts';
import { stallOneDescription } from './stall-one.ts';

export interface FaultEntry {
  name: string;
  /** One line in plain words. */
  describe: string;
  /** Kinds of cluster where it can be injected. */
  needs: readonly ('embedded' | 'kind')[];
}

/** What falldown can do to a cluster, for `falldown faults`. */
export const FAULTS: readonly FaultEntry[] = [
  {
    name: 'priority-collision',
    describe: 'a security service at priority 1,000,000,000 asks for nearly all of the gatekeeper’s node',
    needs: ['embedded', 'kind'],
  },
  { name: 'node-critical-collision', describe: nodeCriticalDescription, needs: ['embedded', 'kind'] },
  { name: 'batch-collision', describe: batchCollisionDescription, needs: ['embedded', 'kind'] },
  {
    name: 'node-drain',
    describe: 'the gatekeeper’s node is cordoned and its pods evicted through the eviction API',
    needs: ['embedded', 'kind'],
  },
  { name: 'evict-one', describe: evictOneDescription, needs: ['embedded', 'kind'] },
  { name: 'rules-deleted', describe: rulesDeletedDescription, needs: ['embedded', 'kind'] },
  {
    name: 'node-pressure',
    describe: 'a pod fills the memory of the gatekeeper’s node until the kubelet evicts',
    needs: ['kind'],
  },
  { name: 'crash-loop', describe: crashLoopDescription, needs: ['embedded'] },
  { name: 'stall', describe: stallDescription, needs: ['embedded', 'kind'] },
  { name: 'stall-one', describe: stallOneDescription, needs: ['embedded', 'kind'] },
  { name: 'gatekeeper-slow', describe: gatekeeperSlowDescription, needs: ['embedded', 'kind'] },
  { name: 'api-server-starved', describe: apiServerStarvedDescription, needs: ['embedded', 'kind'] },
  { name: 'api-server-paused', describe: apiServerPausedDescription, needs: ['embedded', 'kind'] },
  { name: 'etcd-paused', describe: etcdPausedDescription, needs: ['embedded', 'kind'] },
];
