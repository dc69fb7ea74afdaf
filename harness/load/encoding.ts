import type { Profile } from '../../clusters/providers/provider.ts';
import { SLEEP_IMAGE } from '../images.ts';
import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';
import { ENCODE_ANNOTATION, runLabels } from '../labels.ts';
import { placedOn } from './placement.ts';

/** Jobs that an ordinary batch user submits (F1): one pod a segment, indexed so that none is lost unnoticed (F17). */
export const ENCODING_JOB = 'encode-feature-film';
/** The few segments whose pods are real processes or containers, beside those that KWOK plays. */
export const REAL_ENCODING_JOB = 'encode-trailer';

type Encoding = Profile['workloads']['encoding'];

export interface EncodingJob {
  name: string;
  segments: number;
  manifest: { spec: { parallelism: number } };
}

/** Where there are no fake nodes every segment is a real one. The first Job always has the name that people know. */
export function encodingJobs(encoding: Encoding, runId: string, fakeNodes: boolean): EncodingJob[] {
  const real = fakeNodes ? Math.min(encoding.realPods, encoding.pods) : encoding.pods;
  return [
    job(ENCODING_JOB, encoding.pods - real, encoding, 'fake', runId),
    job(real < encoding.pods ? REAL_ENCODING_JOB : ENCODING_JOB, real, encoding, 'real', runId),
  ].filter(({ segments }) => segments > 0);
}

function job(name: string, segments: number, encoding: Encoding, nodes: 'fake' | 'real', runId: string): EncodingJob {
  const { namespace, encodeSeconds, requests, priorityClassName, jobSpec } = encoding;
  const labels = { ...encoding.labels, ...runLabels(runId, 'encoding') };
  const manifest = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      completions: segments,
      parallelism: Math.min(encoding.parallelism ?? segments, segments),
      completionMode: 'Indexed',
      // The team relies on retries (F3): a segment that is disturbed is encoded again, for as long as it takes.
      backoffLimitPerIndex: 20,
      template: {
        metadata: { labels, annotations: { [ENCODE_ANNOTATION]: `${encodeSeconds}s` } },
        spec: {
          restartPolicy: 'Never',
          ...(priorityClassName === undefined ? {} : { priorityClassName }),
          ...placedOn(nodes),
          containers: [
            {
              name: 'encode',
              image: SLEEP_IMAGE,
              command: ['sleep', String(encodeSeconds)],
              // The real nodes are small and are the gatekeeper's: segments there only take a slice.
              resources: { requests: nodes === 'fake' ? requests : { cpu: '5m', memory: '8Mi' } },
            },
          ],
        },
      },
      ...jobSpec,
    },
  };
  return { name, segments, manifest };
}

/** The path of a pod of the fan-out that still exists, for those who try to delete one. */
export async function anyEncodingPod(client: KubeClient, namespace: string): Promise<string | undefined> {
  const page = await client.get<{ items: { metadata: { name: string } }[] }>(pathOf('Pod', { namespace }), {
    query: { limit: 1, labelSelector: `batch.kubernetes.io/job-name=${ENCODING_JOB}` },
  });
  return page.items[0]?.metadata.name;
}
