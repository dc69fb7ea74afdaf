import { parse, stringify } from 'yaml';
import { FalldownError, reasonOf } from '../../../harness/errors.ts';
import type { NodeControl } from '../provider.ts';
import { CLUSTER_LABEL, docker, inNode } from './docker.ts';

/** Where kind keeps what kubeadm was told, and kubeadm what the kubelet is told. */
const KUBEADM_CONFIG = '/kind/kubeadm.conf';
const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';

const BOOT_SECONDS = 120;
/** kubeadm itself gives up after 5 minutes of waiting for the node's certificate. */
const JOIN_SECONDS = 400;
const KUBELET_SECONDS = 60;
const LOG_LINES = 5000;
/** Longer than the 10 s at which a kubelet reports its node's conditions, so that pressure is seen; not its 5 minutes. */
const PRESSURE_LASTS = '20s';

export interface NodeControlParts {
  cluster: string;
  /** Node image, as Docker knows it. */
  image: string;
  /** A worker that kind made: a new one joins with its settings. */
  template: string;
  /** Gives a node the images that it cannot pull. */
  loadImages(node: string, signal: AbortSignal): Promise<void>;
  /** Resolves when the containers of a node that is about to join are watched. */
  inSight(node: string): Promise<void>;
}

/** What can be done to the nodes of a kind cluster, which kind itself has no command for. */
export function nodeControl(parts: NodeControlParts): NodeControl {
  return {
    async join(name, signal) {
      const node = `${parts.cluster}-${name}`;
      await boot(node, parts, signal);
      await parts.inSight(node);
      const started = docker(['exec', node, 'kubeadm', 'join', '--config', KUBEADM_CONFIG], `${node} could not join`, {
        timeoutSeconds: JOIN_SECONDS,
        signal,
      });
      const ended = started.then(
        (output) => ({ exitCode: 0, output }),
        (error: unknown) => ({ exitCode: 1, output: lastWords(error) }),
      );
      return { node, ended };
    },

    async evictBelow(node, availableBytes, signal) {
      const config = await read(node, KUBELET_CONFIG, signal);
      const change = async (newConfig: string) => {
        await write(node, KUBELET_CONFIG, newConfig);
        await restartKubelet(node);
      };
      await change(evictingBelow(config, availableBytes));
      return () => change(config);
    },

    async kubeletLog(node, pattern) {
      const script = `journalctl --unit kubelet --no-pager --output cat --lines ${LOG_LINES}`;
      const text = await inNode(node, script, { what: 'the log of a kubelet could not be read', timeoutSeconds: 30 });
      return text.split('\n').filter((line) => pattern.test(line));
    },
  };
}

/** A container that is a machine: systemd and containerd run, its images are there, and kubeadm knows what to join. */
async function boot(node: string, parts: NodeControlParts, signal: AbortSignal): Promise<void> {
  const { cluster, image, template } = parts;
  const what = `the container of node ${node} did not start`;
  // As kind 0.33 starts its own; the labels make it the cluster's, for kind and for the clean-up.
  const args = ['run', '--detach', '--tty', '--name', node, '--hostname', node, '--net', cluster];
  args.push('--label', `${CLUSTER_LABEL}=${cluster}`, '--label', 'io.x-k8s.kind.role=worker');
  args.push('--privileged', '--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined');
  args.push('--tmpfs', '/tmp', '--tmpfs', '/run', '--volume', '/var', '--volume', '/lib/modules:/lib/modules:ro');
  args.push('--restart=on-failure:1', '--init=false', '--cgroupns=private');
  await docker([...args, image], what, { signal, timeoutSeconds: BOOT_SECONDS });
  const ready = 'until ctr version >/dev/null 2>&1; do sleep 0.2; done';
  await inNode(node, ready, { what: `the containerd of ${node} did not start`, signal, timeoutSeconds: BOOT_SECONDS });
  const [text, from, to] = await Promise.all([
    read(template, KUBEADM_CONFIG, signal),
    addressOf(template, signal),
    addressOf(node, signal),
    parts.loadImages(node, signal),
  ]);
  await write(
    node,
    KUBEADM_CONFIG,
    joinConfiguration(text, { name: template, address: from }, { name: node, address: to }),
  );
}

interface Machine {
  name: string;
  address: string;
}

/** What kubeadm was told to join one worker, told of another: the same but for its name and address. */
export function joinConfiguration(kubeadmConfig: string, from: Machine, to: Machine): string {
  const own = kubeadmConfig.split(/^---$/m).find((document) => /^kind: JoinConfiguration$/m.test(document));
  if (own === undefined) throw new Error(`${KUBEADM_CONFIG} of ${from.name} has no JoinConfiguration`);
  const whole = (text: string) => new RegExp(`(?<![\\w.-])${text.replaceAll('.', '\\.')}(?![\\w.-])`, 'g');
  return own.replace(whole(from.address), to.address).replace(whole(from.name), to.name);
}

/**
 * The kubelet's configuration with a threshold for eviction; kind's own has none for memory. A soft one that is made as
 * quick as a hard one: what a hard one names is taken from what the node offers to pods, and the scheduler would preempt
 * for the pod that fills the memory before the kubelet has anything to evict.
 */
export function evictingBelow(config: string, availableBytes: number): string {
  return stringify({
    ...(parse(config) as object),
    evictionSoft: { 'memory.available': String(Math.floor(availableBytes)) },
    evictionSoftGracePeriod: { 'memory.available': '1s' },
    evictionMaxPodGracePeriod: 1,
    evictionPressureTransitionPeriod: PRESSURE_LASTS,
  });
}

async function addressOf(node: string, signal: AbortSignal): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const text = await docker(['inspect', '--format', format, node], `the address of ${node} could not be had`, {
    signal,
  });
  return text.trim();
}

function read(node: string, path: string, signal: AbortSignal): Promise<string> {
  return inNode(node, 'cat "$1"', {
    what: `${path} of ${node} could not be read`,
    signal,
    timeoutSeconds: 30,
    args: [path],
  });
}

async function write(node: string, path: string, text: string): Promise<void> {
  const args = ['exec', '--interactive', node, 'sh', '-c', 'cat >"$1"', 'sh', path];
  await docker(args, `${path} of ${node} could not be written`, { input: text });
}

/** Not to be interrupted half-way: what was changed must be in force, or put back, when the run goes on. */
async function restartKubelet(node: string): Promise<void> {
  const healthy =
    'systemctl restart kubelet && until curl -sf http://127.0.0.1:10248/healthz >/dev/null; do sleep 0.2; done';
  await inNode(node, healthy, { what: `the kubelet of ${node} did not come back`, timeoutSeconds: KUBELET_SECONDS });
}

function lastWords(error: unknown): string {
  return error instanceof FalldownError ? (error.failure.seen ?? error.message) : reasonOf(error);
}
