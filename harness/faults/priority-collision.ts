import type { Profile } from '../../clusters/providers/provider.ts';
import { type KubeObject, objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { SECURITY_AGENT, type SecurityService, securityService } from '../load/security.ts';
import type { Attempt, Person } from '../people/person.ts';
import type { Fault } from './fault.ts';

/**
 * F7: a security team rolls out a service whose priority outranks the gatekeeper's and which needs nearly the whole
 * node. Nobody is attacked: the scheduler makes room by preemption, as it should.
 */
export function priorityCollision(security: SecurityService, team: Person, runId: string): Fault {
  const { namespace, priorityClassName, requests } = security;
  const deployment = { namespace, name: SECURITY_AGENT };
  const object = objectName('Deployment', deployment);
  return {
    name: 'priority-collision',
    describe: `a security service at priority class ${priorityClassName} asks for ${requests.cpu} of CPU on the gatekeeper's node`,

    async inject() {
      const manifest = securityService(security, runId);
      // Applied, not created: the second time it is there already, scaled to 0.
      await must(
        team.tries('roll-out-security-service', 'apply', object, (client) =>
          client.apply(pathOf('Deployment', deployment), manifest),
        ),
      );
    },

    async revert() {
      await must(withdrawSecurity(security, team));
    },
  };
}

/**
 * Takes the service away again. While a dead webhook refuses updates and deletes, scaling and the eviction API still
 * work, as they are subresources that it does not cover; the Deployment controller cannot pass its new scale on to
 * the ReplicaSet by itself, which would bring the service back as soon as the rules are gone. Returns whether the
 * Deployment could be scaled, which decides.
 */
export async function withdrawSecurity(
  { namespace }: Profile['workloads']['security'],
  team: Person,
): Promise<Attempt> {
  const query = { labelSelector: `app=${SECURITY_AGENT}` };
  const names = async (kind: string) => {
    const list = await team.client.get<{ items: KubeObject[] }>(pathOf(kind, { namespace }), { query });
    return list.items.map((item) => item.metadata.name);
  };
  const toZero = (kind: 'Deployment' | 'ReplicaSet', name: string) =>
    team.tries('withdraw-trigger', 'patch', objectName(kind, { namespace, name }), (client) =>
      client.patch(`${pathOf(kind, { namespace, name })}/scale`, 'merge', { spec: { replicas: 0 } }),
    );
  const scaled = await toZero('Deployment', SECURITY_AGENT);
  if (!scaled.ok) return scaled;
  for (const name of await names('ReplicaSet')) await toZero('ReplicaSet', name);
  for (const name of await names('Pod')) {
    const pod = { namespace, name };
    await team.tries('withdraw-trigger', 'evict', objectName('Pod', pod), (client) =>
      client.create(`${pathOf('Pod', pod)}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: pod }),
    );
  }
  return scaled;
}

async function must(attempt: Promise<Attempt>): Promise<void> {
  const { ok, message } = await attempt;
  if (!ok) throw new Error(`the security team could not act: ${message}`);
}
