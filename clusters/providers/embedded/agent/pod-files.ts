import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import type { KubeClient } from '../../../../harness/kube/client.ts';
import { type Credentials, kubeconfigText, withToken } from '../../../../harness/kube/credentials.ts';
import { CannotStart } from './command.ts';

/** The token a pod gets is good for a day: longer than any run, so that no rotation is needed. */
const TOKEN_SECONDS = 86_400;

interface Named {
  data?: Record<string, string>;
}

/** Makes the pod's kubeconfig from a token of its ServiceAccount, as the kubelet mounts one. */
export async function writeKubeconfig(node: KubeClient, base: Credentials, pod: V1Pod, dir: string): Promise<string> {
  const { namespace, name, uid } = pod.metadata!;
  const account = pod.spec?.serviceAccountName ?? 'default';
  const answer = await node.create<{ status: { token: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_SECONDS, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid } },
    },
  );
  const user = `system:serviceaccount:${namespace}:${account}`;
  const path = join(dir, 'kubeconfig');
  await writeFile(path, kubeconfigText(withToken(base, user, answer.status.token), 'in-cluster'), { mode: 0o600 });
  return path;
}

/** Makes the folders of the pod's volumes: volume name → folder. */
export async function writeVolumes(node: KubeClient, pod: V1Pod, dir: string): Promise<Record<string, string>> {
  const folders: Record<string, string> = {};
  for (const volume of pod.spec?.volumes ?? []) {
    const folder = join(dir, 'volumes', volume.name);
    const source = volume.configMap?.name ?? volume.secret?.secretName;
    if (volume.emptyDir === undefined && volume.projected === undefined && source === undefined) {
      throw new CannotStart(
        'CreateContainerConfigError',
        `volume "${volume.name}": an embedded cluster has emptyDir, configMap, secret and projected volumes; use --on kind for others`,
      );
    }
    await mkdir(folder, { recursive: true });
    folders[volume.name] = folder;
    if (source === undefined) continue;
    const secret = volume.secret !== undefined;
    const kind = secret ? 'secrets' : 'configmaps';
    const { data = {} } = await node.get<Named>(`/api/v1/namespaces/${pod.metadata?.namespace}/${kind}/${source}`);
    for (const [key, value] of Object.entries(data)) {
      await writeFile(join(folder, key), secret ? Buffer.from(value, 'base64') : value, { mode: 0o600 });
    }
  }
  return folders;
}

export function mountsOf(container: V1Container, folders: Record<string, string>): Record<string, string> {
  const mounts: Record<string, string> = {};
  for (const mount of container.volumeMounts ?? []) {
    const folder = folders[mount.name];
    if (folder !== undefined) mounts[mount.mountPath] = folder;
  }
  return mounts;
}

/** The container's environment: literal values, fields of the pod, keys of ConfigMaps and Secrets. */
export async function environmentOf(
  node: KubeClient,
  pod: V1Pod,
  container: V1Container,
): Promise<Record<string, string>> {
  if ((container.envFrom ?? []).length > 0) {
    throw new CannotStart('CreateContainerConfigError', 'envFrom is not to be had on an embedded cluster');
  }
  const env: Record<string, string> = {};
  for (const entry of container.env ?? []) {
    const from = entry.valueFrom;
    if (from?.fieldRef !== undefined) env[entry.name] = fieldOf(pod, from.fieldRef.fieldPath);
    else if (from?.configMapKeyRef !== undefined || from?.secretKeyRef !== undefined) {
      const ref = (from.configMapKeyRef ?? from.secretKeyRef)!;
      const kind = from.secretKeyRef === undefined ? 'configmaps' : 'secrets';
      const { data = {} } = await node.get<Named>(`/api/v1/namespaces/${pod.metadata?.namespace}/${kind}/${ref.name}`);
      const value = data[ref.key];
      if (value === undefined && ref.optional !== true) {
        throw new CannotStart('CreateContainerConfigError', `${kind} "${ref.name}" has no key "${ref.key}"`);
      }
      if (value !== undefined) {
        env[entry.name] = kind === 'secrets' ? Buffer.from(value, 'base64').toString('utf8') : value;
      }
    } else if (from === undefined) env[entry.name] = entry.value ?? '';
    else throw new CannotStart('CreateContainerConfigError', `env "${entry.name}": its source is not to be had here`);
  }
  return env;
}

function fieldOf(pod: V1Pod, path: string): string {
  const label = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (label !== null) return pod.metadata?.[label[1] as 'labels' | 'annotations']?.[label[2] as string] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': pod.metadata?.name,
    'metadata.namespace': pod.metadata?.namespace,
    'metadata.uid': pod.metadata?.uid,
    'spec.nodeName': pod.spec?.nodeName,
    'spec.serviceAccountName': pod.spec?.serviceAccountName,
    'status.podIP': pod.status?.podIP,
    'status.podIPs': pod.status?.podIP,
    'status.hostIP': pod.status?.hostIP,
  };
  const value = fields[path];
  if (value === undefined) throw new CannotStart('CreateContainerConfigError', `field "${path}" is not to be had`);
  return value;
}
