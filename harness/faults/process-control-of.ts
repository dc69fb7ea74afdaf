import type { ClusterHandle, ProcessControl } from '../../clusters/providers/provider.ts';
import { FalldownError } from '../errors.ts';

/** @throws FalldownError NO_PROCESS_CONTROL on clusters whose processes are not falldown's. */
export function processControlOf({ processControl, name }: ClusterHandle): ProcessControl {
  if (processControl !== undefined) return processControl;
  throw new FalldownError({
    code: 'NO_PROCESS_CONTROL',
    kind: 'usage',
    what: 'the fault stops processes of the cluster, and this one is not falldown’s own',
    on: `cluster ${name}`,
    next: 'falldown run NAME --on embedded',
  });
}
