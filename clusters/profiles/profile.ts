import type { z } from 'zod';
import type { priorityClass, profileSchema } from './schema.ts';

/** What is in a cluster under test, with every default filled in and every file read. Units: see schema.ts. */
export type Profile = z.output<typeof profileSchema>;
export type PriorityClassSpec = z.output<typeof priorityClass>;
export type Workloads = Profile['workloads'];
export type Identity = Profile['identities'][number];
/** A Kubernetes object of any kind. */
export type Policy = Profile['gatekeeper']['policies'][number];
/** A Pod without apiVersion, kind, name and namespace. */
export type PodProbe = Profile['gatekeeper']['probes']['violating'];
