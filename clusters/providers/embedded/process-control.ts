import { readlinkSync, realpathSync } from 'node:fs';
import { hold } from '../../../harness/hold.ts';
import type { KubeClient } from '../../../harness/kube/client.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { CLUSTER_MARK, processesOf } from '../../../harness/processes.ts';
import type { Component, ProcessControl } from '../provider.ts';
import { DELAY_ANNOTATION } from './agent/delay-line.ts';

const BINARIES: Record<Component, string> = { etcd: 'etcd', 'kube-apiserver': 'kube-apiserver', gatekeeper: 'kyverno' };
/** A throttled process runs once in each of these; seconds. */
const PERIOD_SECONDS = 0.2;

/** SIGSTOP, until standard input ends. */
const PAUSE = 'kill -STOP "$@"; echo held; read -r; kill -CONT "$@"';
/** Stopped for $1 seconds, running for $2, and so on, as cpulimit does it; `read -t` gives more than 128 when time is up. */
const THROTTLE = `off=$1 on=$2; shift 2; echo held
while kill -STOP "$@"; do
  read -rt "$off"; [ $? -gt 128 ] || break
  kill -CONT "$@"
  read -rt "$on"; [ $? -gt 128 ] || break
done
kill -CONT "$@"`;

/** The processes of an embedded cluster are this user's, so it may stop them. */
export function processControl(p: {
  cluster: string;
  binaries: Record<string, string>;
  /** For what goes through the API; asked for when it is needed. */
  admin: () => Promise<KubeClient>;
}): ProcessControl {
  const { cluster, binaries, admin } = p;
  const run = (what: string, script: string, ...args: (string | number)[]) =>
    hold(what, ['bash', '-c', script, 'bash', ...args.map(String)], { [CLUSTER_MARK]: cluster });
  const pids = (component: Component, atMost = Number.POSITIVE_INFINITY) => {
    const found = running(cluster, binaries[BINARIES[component]] ?? '').slice(0, atMost);
    if (found.length === 0) throw new Error(`cluster ${cluster} has no process of ${component}`);
    return found;
  };
  return {
    pause: async (component, atMost) => run(`pause ${component}`, PAUSE, ...pids(component, atMost)),

    async throttle(component, share) {
      const on = PERIOD_SECONDS * share;
      return run(
        `throttle ${component}`,
        THROTTLE,
        (PERIOD_SECONDS - on).toFixed(4),
        on.toFixed(4),
        ...pids(component),
      );
    },

    async delay({ namespace, name }, seconds) {
      const annotate = async (value: string | null) => {
        const client = await admin();
        try {
          const metadata = { annotations: { [DELAY_ANNOTATION]: value } };
          await client.patch(pathOf('Service', { namespace, name }), 'merge', { metadata });
        } finally {
          await client.close();
        }
      };
      await annotate(String(seconds));
      return () => annotate(null);
    },
  };
}

/** Known by the mark of the cluster and by the binary, so that nothing else on this machine can be meant. */
function running(cluster: string, binary: string): number[] {
  const path = realpathSync(binary);
  return processesOf(cluster).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === path;
    } catch {
      return false;
    }
  });
}
