import { hold } from '../../../harness/hold.ts';
import type { Component, ProcessControl } from '../provider.ts';

const PROCESSES: Record<Component, string> = {
  etcd: 'etcd',
  'kube-apiserver': 'kube-apiserver',
  gatekeeper: 'kyverno',
};

/** Stops processes by name ($1) in the nodes that have them ($3 …), `pidof`'s flags in $2; until standard input ends. */
const PAUSE = `name=$1 flags=$2 found=; shift 2
for node; do docker exec "$node" sh -c 'pids=$(pidof $1 "$0") && kill -STOP $pids' "$name" "$flags" && found=1; done
[ -n "$found" ] || { echo "no process $name in $*" >&2; exit 1; }
echo held; read -r
for node; do docker exec "$node" sh -c 'pids=$(pidof "$0") && kill -CONT $pids' "$name"; done; exit 0`;
/** Leaves a node so many cores. Once limited, a container has a limit for good: in the end it is all cores. */
const THROTTLE = `docker update --cpus "$1" "$2" >&2 && echo held; read -r; docker update --cpus "$(nproc)" "$2" >&2`;

/** By the names of the processes in the nodes; a throttle is on the whole node of the control plane. */
export function processControl(controlPlane: string, workers: readonly string[]): ProcessControl {
  return {
    pause(component, atMost) {
      const nodes = component === 'gatekeeper' ? workers : [controlPlane];
      // pidof -s names one.
      const flags = atMost === 1 ? '-s' : '';
      const where = atMost === 1 ? nodes.slice(0, 1) : nodes;
      return hold(`pause ${component}`, ['bash', '-c', PAUSE, 'bash', PROCESSES[component], flags, ...where]);
    },
    throttle: (component, share) =>
      hold(`throttle ${component}`, ['bash', '-c', THROTTLE, 'bash', String(share), controlPlane]),
  };
}
