import { FalldownError, reasonOf } from '../errors.ts';
import { plainCredentials } from './plain-kubeconfig.ts';

/** How to reach one API server as one user. */
export interface Credentials {
  server: string;
  /** Name of the cluster, as the kubeconfig calls it. */
  cluster: string;
  user: string;
  /** Extra headers, e.g. a bearer token. */
  headers: Record<string, string>;
  /** `servername`: the name in the server's certificate, where it is reached by another one (a tunnel). */
  tls: { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean; servername?: string };
}

/**
 * Reads a kubeconfig file as kubectl does (also exec plugins and token files).
 * Throws KUBECONFIG_UNREADABLE with the file's name.
 */
export async function credentialsFrom(kubeconfig: string, context?: string): Promise<Credentials> {
  try {
    const plain = plainCredentials(kubeconfig, context);
    if (plain !== undefined) return plain;
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    if (context !== undefined) config.setCurrentContext(context);
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error('it has no current context');
    const options: Record<string, unknown> & { headers?: Record<string, string> } = {};
    await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
    return {
      server: cluster.server.replace(/\/$/, ''),
      cluster: cluster.name,
      user: config.getCurrentUser()?.name ?? 'unknown',
      headers: options.headers ?? {},
      tls: {
        ...text('ca', options.ca),
        ...text('cert', options.cert),
        ...text('key', options.key),
        ...text('servername', cluster.tlsServerName),
        ...(cluster.skipTLSVerify ? { rejectUnauthorized: false } : {}),
      },
    };
  } catch (cause) {
    throw new FalldownError({
      code: 'KUBECONFIG_UNREADABLE',
      kind: 'usage',
      what: 'cannot use the kubeconfig',
      on: kubeconfig,
      seen: reasonOf(cause),
      next: `try it with kubectl: kubectl --kubeconfig ${kubeconfig} version`,
      cause,
    });
  }
}

function text<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  if (value === undefined || value === null) return {};
  return { [key]: Buffer.isBuffer(value) ? value.toString('utf8') : String(value) } as { [P in K]?: string };
}

/** The same server for another user who has a bearer token (a ServiceAccount's). */
export function withToken(base: Credentials, user: string, token: string): Credentials {
  const tls = { ...base.tls };
  delete tls.cert;
  delete tls.key;
  return { ...base, user, headers: { authorization: `Bearer ${token}` }, tls };
}

/** A self-contained kubeconfig (YAML is a superset of JSON) for kubectl, helm, or a process that plays a pod. */
export function kubeconfigText(credentials: Credentials, context: string): string {
  const base64 = (value: string | undefined) =>
    value === undefined ? undefined : Buffer.from(value).toString('base64');
  const token =
    credentials.headers.authorization?.replace(/^Bearer /, '') ??
    credentials.headers.Authorization?.replace(/^Bearer /, '');
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: credentials.cluster,
          cluster: {
            server: credentials.server,
            'certificate-authority-data': base64(credentials.tls.ca),
            'tls-server-name': credentials.tls.servername,
            ...(credentials.tls.rejectUnauthorized === false ? { 'insecure-skip-tls-verify': true } : {}),
          },
        },
      ],
      users: [
        {
          name: credentials.user,
          user: {
            token,
            'client-certificate-data': base64(credentials.tls.cert),
            'client-key-data': base64(credentials.tls.key),
          },
        },
      ],
      contexts: [{ name: context, context: { cluster: credentials.cluster, user: credentials.user } }],
      'current-context': context,
    },
    null,
    2,
  );
}
