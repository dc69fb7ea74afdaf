import { z } from 'zod';

// Every leaf carries, as its error message, the phrase that follows "expected" in a problem (problems.ts).

export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number from min to max; the unit goes into the description. */
export function amount(min: number, max: number) {
  const error = `a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function text(error: string) {
  return z.string({ error }).min(1, { error });
}

export function matching(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

export function list<T extends z.ZodType>(item: T) {
  return z.array(item);
}

/** A list of one or more. */
export function some<T extends z.ZodType>(item: T, error: string) {
  return z.array(item).min(1, { error });
}

const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
export function version(example: string) {
  return matching(VERSION, `a full version without “v”, such as ${example}`);
}

const QUANTITY = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;
/** A Kubernetes quantity of zero or more. A bare number is taken as well, as Kubernetes does; it comes out as a string. */
export function quantity() {
  const error = 'a Kubernetes quantity such as 500m, 2 or 4Gi';
  return z.union([matching(QUANTITY, error), z.number({ error }).min(0, { error })], { error }).transform(String);
}

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
export function dnsLabel() {
  return matching(DNS_LABEL, 'lower-case letters, digits and dashes, at most 63');
}

const DNS_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
export function dnsName() {
  return matching(DNS_NAME, 'lower-case letters, digits, dashes and dots, at most 253');
}

const CLASS_NAME = /^(?!system-)[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
export function priorityClassName() {
  return matching(
    CLASS_NAME,
    'lower-case letters, digits, dashes and dots, not starting with system- (kept by Kubernetes)',
  );
}

const LABEL_KEY = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
export function labels() {
  return z.record(
    matching(LABEL_KEY, 'a Kubernetes label key'),
    matching(
      LABEL_VALUE,
      'a Kubernetes label value: a string of at most 63 letters, digits, dashes, dots, underscores',
    ),
  );
}

/** What each pod asks of its node. */
export function requests(cpu: string, memory: string) {
  return z.strictObject({
    cpu: quantity()
      .default(cpu)
      .describe('CPU that each pod requests: a Kubernetes quantity, in cores (500m is half a core).'),
    memory: quantity()
      .default(memory)
      .describe('Memory that each pod requests: a Kubernetes quantity, in bytes (256Mi).'),
  });
}

/** Any Kubernetes object, of any kind. */
export function kubernetesObject() {
  return z.looseObject({
    apiVersion: text('an apiVersion such as kyverno.io/v1').describe('Group and version of the kind.'),
    kind: text('a kind such as ClusterPolicy').describe('Kind of the object.'),
    metadata: z
      .looseObject({ name: dnsName().describe('Name of the object.') })
      .describe('Kubernetes metadata; name is required.'),
  });
}

/** A pod as far as it decides whether a policy lets it in. The harness adds name and namespace. */
export function podTemplate() {
  const container = z.looseObject({
    name: dnsLabel().describe('Name of the container.'),
    image: text('an image name').describe('Image of the container.'),
  });
  return z.strictObject({
    metadata: z
      .strictObject({
        labels: labels().default({}).describe('Labels of the pod.'),
        annotations: z.record(z.string(), text('a string')).default({}).describe('Annotations of the pod.'),
      })
      .prefault({})
      .describe('Labels and annotations; name and namespace are given by the harness.'),
    spec: z
      .looseObject({ containers: some(container, 'one container or more').describe('Containers, as in a Pod.') })
      .describe('The spec of a Pod.'),
  });
}

/** Six factors are 64 combinations. */
export const factorial = list(dnsLabel())
  .max(6, { error: 'at most 6 safeguards: 64 combinations' })
  .default([])
  .describe('Safeguards of which the experiment safeguards tries every combination (--factorial).');
