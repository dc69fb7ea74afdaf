import type { Profile } from '../../../clusters/providers/provider.ts';
import type { ApiClass } from '../../journal/api-events.ts';
import type { RequestSeries, Target, WriteSeries } from './messages.ts';

/** Namespace of what the sampler reads and writes. */
export const SAMPLER_NAMESPACE = 'falldown-sampler';

export interface SeriesParts {
  rates: Profile['sampler']['perSecond'];
  /** The API server as an ordinary user. */
  user: Target;
  /** The same through the gateway. */
  gateway?: Target | undefined;
  /** The API server as the cluster's admin. */
  admin?: Target | undefined;
  /** Path of the pod that is read; undefined when it could not be made. */
  podPath: string | undefined;
  /** The pod that the policies admit, as JSON. */
  goodPod: string;
}

/**
 * What is sampled at which rate. With a gateway, reads and dry-runs go through it every other time, so that the same
 * question is asked at the same time both ways and no more is asked in all.
 */
export function seriesOf(parts: SeriesParts): { requests: RequestSeries[]; writes: WriteSeries[] } {
  const { rates, user, gateway, admin, podPath, goodPod } = parts;
  const wanted: [ApiClass, number, Pick<RequestSeries, 'method' | 'path' | 'body'>][] = [
    ...(podPath === undefined
      ? []
      : ([['get-pod', rates.getPod, { method: 'GET', path: podPath }]] satisfies typeof wanted)),
    ['list-page', rates.listPage, { method: 'GET', path: '/api/v1/pods?limit=500' }],
    ['list-all', rates.listAll, { method: 'GET', path: '/api/v1/pods' }],
    [
      'dry-run-pod',
      rates.dryRunPod,
      { method: 'POST', path: `/api/v1/namespaces/${SAMPLER_NAMESPACE}/pods?dryRun=All`, body: goodPod },
    ],
  ];
  const requests: RequestSeries[] = [];
  for (const [n, [name, perSecond, request]] of wanted.entries()) {
    if (perSecond === 0) continue;
    const routes = gateway === undefined ? [user] : [user, gateway];
    for (const [r, target] of routes.entries()) {
      const everySeconds = routes.length / perSecond;
      const offsetSeconds = (everySeconds / routes.length) * (r + n / wanted.length);
      const via = r === 0 ? 'direct' : 'gateway';
      requests.push({ class: name, via, everySeconds, offsetSeconds, target, ...request });
    }
  }
  if (admin !== undefined && podPath !== undefined && rates.getPod > 0) {
    const everySeconds = 1 / rates.getPod;
    const own = { class: 'get-pod-as-admin', via: 'direct', everySeconds, offsetSeconds: everySeconds / 3 } as const;
    requests.push({ ...own, target: admin, method: 'GET', path: podPath });
  }
  const { writeConfigMap } = rates;
  const every = { everySeconds: 1 / writeConfigMap, offsetSeconds: 0.5 / writeConfigMap };
  const writes = writeConfigMap === 0 ? [] : [{ ...every, target: user, namespace: SAMPLER_NAMESPACE }];
  return { requests, writes };
}
