import { appendFileSync } from 'node:fs';
import type { V1Pod } from '@kubernetes/client-node';
import type { ProcessChanged, RequestMade } from '../../../../harness/journal/events.ts';
import type { KubeApiError } from '../../../../harness/kube/errors.ts';
import { objectName } from '../../../../harness/kube/object.ts';

/**
 * The agent's own record of what happened to processes, one JSON line each with the wall clock. It is written
 * synchronously: a line must be there even when the agent is killed right after.
 */
export class ProcessLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  process(change: Omit<ProcessChanged, 'type' | 'pid'> & Record<string, unknown>): void {
    this.#write({ type: 'process', ...change });
  }

  /** The kubelet's last word on a pod, refused by a webhook that is gone: the pod stays, `0/1 Completed`. */
  refusedFinalDelete(pod: V1Pod, error: KubeApiError): void {
    const { namespace, name } = pod.metadata!;
    const request: RequestMade = {
      type: 'request',
      actor: `node-agent/${pod.spec?.nodeName}`,
      intent: 'finish-pod-deletion',
      verb: 'delete',
      object: objectName('Pod', { namespace, name: name! }),
      code: error.code,
      reason: error.reason,
      message: error.detail,
      seconds: error.seconds,
    };
    this.#write(request);
  }

  #write(entry: object): void {
    appendFileSync(this.#path, `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
  }
}
