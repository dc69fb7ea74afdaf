import { z } from 'zod';
import { FalldownError, reasonOf } from '../harness/errors.ts';
import type { Result } from './result.ts';

const seconds = z.number().min(0);
const count = z.int().min(0);
const seq = z.int().min(1);
const scalar = z.union([z.number(), z.string(), z.boolean()]);
const verdict = z.enum(['holds', 'violated', 'inconclusive']);
const outcome = z.enum(['fell', 'limped', 'stood', 'unknown']);

const phase = z.object({
  name: z.string(),
  title: z.string(),
  startedAt: z.string(),
  startSeconds: seconds,
  durationSeconds: seconds,
  ok: z.boolean(),
  reason: z.string().exactOptional(),
});

const check = z.object({
  name: z.string(),
  facts: z.array(z.string()),
  verdict,
  measured: scalar.exactOptional(),
  limit: scalar.exactOptional(),
  unit: z.string().exactOptional(),
  because: z.string(),
  evidence: z.array(seq),
});

const latency = seconds.nullable();
const apiClass = z.object({
  count,
  errors: count.default(0),
  timeouts: count,
  p50: latency,
  p95: latency,
  p99: latency,
  max: latency,
});

const measures = z.object({
  podsRequested: count.nullable(),
  podsCreated: count.nullable(),
  podsSucceeded: count.nullable(),
  podsPerSecond: z.number().min(0).nullable(),
  segmentsLost: count.nullable(),
  segmentsRepeated: count.nullable(),
  gatekeeperOutageSeconds: seconds.nullable(),
  refusedRequests: count.nullable(),
  refusedDeletes: count.nullable(),
  selfHealed: z.boolean().nullable(),
  holdSeconds: seconds.nullable(),
  exposureSeconds: seconds.nullable(),
  violatingPodsAdmitted: count.nullable(),
  violatingPodsLeft: count.nullable(),
  timeToRecoverSeconds: seconds.nullable(),
  clusterReadySeconds: seconds.nullable(),
  toolchainSeconds: seconds.nullable(),
  // A step may come before the deletion it is counted from, so no lower bound.
  unwinding: z.array(z.object({ step: z.string(), seconds: z.number() })),
  safeguarded: z.object({ refusedRequests: count, minReadyReplicas: count, requiredReplicas: count }).nullable(),
  api: z.record(z.string(), apiClass),
  apiByPhase: z.record(z.string(), z.record(z.string(), apiClass)).default({}),
  sampler: z
    .object({
      cpuSeconds: seconds,
      gatewayCpuSeconds: seconds.nullable(),
      eventLoopDelayP99: seconds,
      worstEventLoopDelayP99: seconds.optional(),
      latenessP99: seconds,
      realTime: z.boolean().default(false),
    })
    .nullable()
    .default(null),
  harness: z
    .object({ maxRssBytes: count, eventLoopDelayP99: seconds, worstEventLoopDelayP99: seconds.optional() })
    .nullable(),
});

const story = z.object({
  evicted: z
    .object({
      pod: z.string(),
      how: z.enum(['preemption', 'node-pressure', 'drain', 'deletion']),
      by: z.string().exactOptional(),
      priority: z.int().exactOptional(),
      byPriority: z.int().exactOptional(),
    })
    .exactOptional(),
  attempts: z
    .array(z.object({ actor: z.string(), intent: z.string(), code: count, times: z.int().min(1) }))
    .exactOptional(),
});

const ended = z.object({
  how: z.enum(['completed', 'stopped', 'interrupted', 'deadline', 'error']),
  reason: z.string().exactOptional(),
});

const cell = z.object({
  name: z.string(),
  title: z.string(),
  journal: z.string(),
  verdict,
  outcome,
  reason: z.string(),
  startedAt: z.string().nullable(),
  durationSeconds: seconds,
  startSeconds: seconds.nullable(),
  repeats: z.string().exactOptional(),
  outcomes: z.string().exactOptional(),
  phases: z.array(phase),
  checks: z.array(check),
  measures,
  values: z.record(z.string(), scalar.nullable()),
  ended: ended.exactOptional(),
});

const conclusion = z.object({
  lines: z.array(z.string()),
  tables: z.array(
    z.object({ title: z.string(), columns: z.array(z.string()), rows: z.array(z.array(scalar.nullable())) }),
  ),
  commands: z.object({ title: z.string(), lines: z.array(z.string()) }).exactOptional(),
});

const experiment = z.object({
  name: z.string(),
  title: z.string(),
  profile: z.string(),
  facts: z.array(z.string()),
  verdict,
  outcome,
  reason: z.string(),
  phases: z.array(phase),
  checks: z.array(check),
  measures,
  ended: ended.exactOptional(),
  story: story.exactOptional(),
  cells: z.array(cell).exactOptional(),
  conclusion: conclusion.exactOptional(),
});

/** The newest `schemaVersion` that this falldown reads and writes. */
export const SCHEMA_VERSION = 1;

export const resultSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  runId: z.string(),
  startedAt: z.string(),
  durationSeconds: seconds,
  verdict,
  argv: z.array(z.string()),
  seed: z.number(),
  settings: z.string().exactOptional(),
  falldown: z.object({ version: z.string(), commit: z.string(), dirty: z.boolean() }),
  host: z.object({ cores: z.number().min(0), memoryBytes: count }),
  cluster: z.object({ provider: z.string(), kubernetesVersion: z.string(), nodes: count, fakeNodes: count }).nullable(),
  gatekeeper: z.object({ name: z.string(), version: z.string(), replicas: count, priority: z.int() }).nullable(),
  experiments: z.array(experiment),
});

// Does not compile as soon as the schema and the interface `Result` differ in a key, a type or an optionality.
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T;
const agrees: Same<Flat<z.infer<typeof resultSchema>>, Flat<Result>> = true;
void agrees;

/** The JSON Schema (draft 2020-12) of `result.json`, as text with a final newline. Keys added later stay valid. */
export function resultJsonSchema(): string {
  const schema = z.toJSONSchema(resultSchema, { io: 'input', target: 'draft-2020-12' });
  return `${JSON.stringify({ title: 'falldown result.json', ...schema }, null, 2)}\n`;
}

/**
 * Reads the text of a `result.json`.
 * @param on the file it came from, for the message.
 * @throws FalldownError `RESULT_INVALID` when it is no JSON, misses or mistypes a field, or was written by a newer falldown.
 */
export function parseResult(text: string, on = 'result.json'): Result {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(on, 'a complete JSON document', reasonOf(cause), cause);
  }
  const version = versionOf(value);
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    throw new FalldownError({
      code: 'RESULT_INVALID',
      kind: 'usage',
      what: 'the result was written by a newer falldown',
      on,
      expected: `schemaVersion ${SCHEMA_VERSION} or lower`,
      seen: `schemaVersion ${version}`,
      next: 'update falldown, or read the run with the version that wrote it',
    });
  }
  const parsed = resultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((i) => `${i.path.map(String).join('.') || '(top level)'}: ${i.message}`);
  const shown = problems.slice(0, 10);
  if (problems.length > shown.length) shown.push(`… and ${problems.length - shown.length} more`);
  throw invalid(on, `a result of schemaVersion ${SCHEMA_VERSION}`, shown.join('\n'), parsed.error);
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined;
}

function invalid(on: string, expected: string, seen: string, cause: unknown): FalldownError {
  return new FalldownError({
    code: 'RESULT_INVALID',
    kind: 'usage',
    what: 'the result file is damaged',
    on,
    expected,
    seen,
    next: 'rebuild it from the journal of the run: falldown report RUN',
    cause,
  });
}
