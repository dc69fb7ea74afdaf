import type { KubeClient } from './client.ts';

interface ApiResources {
  resources: { name: string; namespaced: boolean; verbs: string[] }[];
}
interface ApiGroups {
  groups: { preferredVersion: { groupVersion: string } }[];
}

/**
 * API paths of all kinds that live outside of namespaces and can be listed and deleted, as the API server says, e.g.
 * `/apis/scheduling.k8s.io/v1/priorityclasses`. Namespaces come last: with them goes what is in them. A group whose own
 * server does not answer is left out.
 */
export async function clusterScopedPaths(client: KubeClient): Promise<string[]> {
  const { groups } = await client.get<ApiGroups>('/apis');
  const roots = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(
    roots.map(async (root) => {
      const found = await client.get<ApiResources>(root).catch((): ApiResources => ({ resources: [] }));
      return found.resources
        .filter(({ name, namespaced, verbs }) => !namespaced && !name.includes('/') && can(verbs))
        .map(({ name }) => `${root}/${name}`);
    }),
  );
  const last = (path: string) => (path === '/api/v1/namespaces' ? 1 : 0);
  return lists.flat().sort((a, b) => last(a) - last(b));
}

function can(verbs: readonly string[]): boolean {
  return verbs.includes('list') && verbs.includes('delete');
}
