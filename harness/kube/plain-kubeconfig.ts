import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Credentials } from './credentials.ts';

/** A field of a cluster or a user that holds a text itself, in base64, or names the file with it. */
const HELD_OR_NAMED = {
  'certificate-authority': 'ca',
  'client-certificate': 'cert',
  'client-key': 'key',
} as const;

type Fields = Record<string, unknown>;

/**
 * Credentials of a kubeconfig that has nothing but certificates or a bearer token in it, as those of clusters that
 * falldown made; undefined for any other, which @kubernetes/client-node reads. That library's import costs 80 MB and
 * 0.9 s, which every process of a run would pay, the node agent's too.
 */
export function plainCredentials(kubeconfig: string, context?: string): Credentials | undefined {
  const file = parse(readFileSync(kubeconfig, 'utf8')) as Fields | null;
  const chosen = named(file?.contexts, context ?? file?.['current-context'], 'context');
  const cluster = named(file?.clusters, chosen?.cluster, 'cluster');
  const user = named(file?.users, chosen?.user, 'user');
  if (cluster === undefined || user === undefined || typeof cluster.server !== 'string') return undefined;
  const found: Credentials = {
    server: cluster.server.replace(/\/$/, ''),
    cluster: String(chosen?.cluster),
    user: String(chosen?.user),
    headers: {},
    tls: {},
  };
  for (const [field, value] of [...Object.entries(cluster), ...Object.entries(user)]) {
    const name = field.replace(/-data$/, '') as keyof typeof HELD_OR_NAMED;
    if (field === 'server') continue;
    if (name in HELD_OR_NAMED) {
      const tls = HELD_OR_NAMED[name];
      // Both forms of one thing: which of them counts is for the library to say.
      if (found.tls[tls] !== undefined) return undefined;
      found.tls[tls] =
        name === field
          ? readFileSync(resolve(dirname(kubeconfig), String(value)), 'utf8')
          : Buffer.from(String(value), 'base64').toString('utf8');
    } else if (field === 'token') found.headers.authorization = `Bearer ${value}`;
    else if (field === 'tls-server-name') found.tls.servername = String(value);
    else if (field === 'insecure-skip-tls-verify') {
      if (value === true) found.tls.rejectUnauthorized = false;
    } else return undefined;
  }
  return found;
}

function named(list: unknown, name: unknown, field: string): Fields | undefined {
  if (!Array.isArray(list) || typeof name !== 'string') return undefined;
  return (list as Fields[]).find((entry) => entry?.name === name)?.[field] as Fields | undefined;
}
