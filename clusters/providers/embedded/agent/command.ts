import type { V1Container } from '@kubernetes/client-node';
import { imageBinary, imageVersion } from '../../../toolchain/images.ts';
import type { AgentConfig } from './config.ts';

export interface CommandLine {
  file: string;
  args: string[];
  env: Record<string, string>;
}

/** Why a container cannot be started, in the kubelet's words for `state.waiting`. */
export class CannotStart extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface PodContext {
  /** Address that the pod's process may listen on. */
  host: string;
  /** kubeconfig with the token of the pod's own ServiceAccount. */
  kubeconfig: string;
  env: Record<string, string>;
  /** Mount path → folder on this host. */
  mounts: Record<string, string>;
}

/**
 * The process that stands for a container: the toolchain's binary for the image with the arguments of the pod's spec,
 * told where its API server is and which address is its own. Nothing else runs on the host but `sleep`, `true` and
 * `false` in a real process: a manifest must not be able to run any command of the user's machine.
 */
export function commandOf(container: V1Container, pod: PodContext, config: AgentConfig): CommandLine {
  const env = remapPaths(pod.env, pod.mounts);
  const component = imageBinary(container.image ?? '');
  const binary = component === undefined ? undefined : binaryOf(component, imageVersion(container.image ?? ''), config);
  if (component !== undefined && binary !== undefined) {
    const args = (container.args ?? []).map((arg) => expand(arg, env));
    return { file: binary, args: [...args, ...placementArgs(component, pod)], env };
  }
  const words = [...(container.command ?? []), ...(container.args ?? [])].map((word) => expand(word, env));
  if (/(^|\/)pause(:|@|$)/.test(container.image ?? '')) return { file: 'sleep', args: ['infinity'], env };
  if (words[0] === 'sleep' && /^(infinity|\d+(\.\d+)?[smhd]?)$/.test(words[1] ?? '') && words.length === 2) {
    return { file: 'sleep', args: [words[1] as string], env };
  }
  if ((words[0] === 'true' || words[0] === 'false') && words.length === 1) return { file: words[0], args: [], env };
  throw new CannotStart(
    'ErrImageNeverPull',
    `no binary stands for image "${container.image}" here: an embedded cluster runs the toolchain's images and sleep, true, false; use --on kind for others`,
  );
}

/** That of the version in the image's tag, where the cluster has several; else the only one. */
function binaryOf(component: string, version: string | undefined, { binaries }: AgentConfig): string | undefined {
  return binaries[`${component}@${version}`] ?? binaries[component];
}

/** Kyverno's own flags for running outside a container (cmd/internal/flag.go, cmd/kyverno/main.go of 1.18 and 1.19). */
function placementArgs(component: string, pod: PodContext): string[] {
  if (!component.startsWith('kyverno')) return [];
  const args = [`--kubeconfig=${pod.kubeconfig}`];
  if (component === 'kyverno') {
    args.push(
      `--webhookServerHost=${pod.host}`,
      `--metricsHost=${pod.host}`,
      `--controllerRuntimeMetricsAddress=${pod.host}:8080`,
    );
  }
  return args;
}

/** `$(NAME)` as the kubelet expands it; unknown names stay as written. */
function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (whole, name: string) => env[name] ?? whole);
}

/** A path under a volume's mount point leads into the volume's folder instead of the host's own tree. */
function remapPaths(env: Record<string, string>, mounts: Record<string, string>): Record<string, string> {
  const remap = (value: string) => {
    for (const [mountPath, folder] of Object.entries(mounts)) {
      if (value === mountPath || value.startsWith(`${mountPath}/`)) return folder + value.slice(mountPath.length);
    }
    return value;
  };
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, remap(value)]));
}
