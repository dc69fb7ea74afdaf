import { hold } from '../../../harness/hold.ts';
import type { Component, ProcessControl } from '../provider.ts';

/** Enough for a gatekeeper to answer what has piled up, and the kubelet's probes among it. */
const RUNS_SECONDS = 0.2;

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
/** Stopped for $1 seconds, running for a moment, and so on, in a node that has the process $2. */
const STUTTER_IN_NODE = `pids=$(pidof "$2") || exit 0; echo held
while kill -STOP $pids; do
  read -rt "$1"; [ $? -gt 128 ] || break
  kill -CONT $pids
  read -rt ${RUNS_SECONDS}; [ $? -gt 128 ] || break
done
kill -CONT $pids`;
const STUTTER = `script=$1 seconds=$2 name=$3; shift 3
for node; do docker exec -i "$node" bash -c "$script" bash "$seconds" "$name" <&0 & done; wait`;
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
    // No netem in every kernel, and no process of ours between a pod and its Service: the gatekeeper itself comes late.
    delay: (_, seconds) =>
      hold('make the gatekeeper slow', [
        ...['bash', '-c', STUTTER, 'bash', STUTTER_IN_NODE],
        ...[String(seconds), PROCESSES.gatekeeper, ...workers],
      ]),
    throttle: (component, share) =>
      hold(`throttle ${component}`, ['bash', '-c', THROTTLE, 'bash', String(share), controlPlane]),
  };
}
