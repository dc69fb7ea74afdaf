import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes');
const semver = z
  .string()
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'expected a version such as 1.36.3, without a leading v');
const hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');
/** Plain http carries the binary and its hash through the same unguarded pipe; only a test's own server may use it. */
const url = z.string().regex(/^(https:\/\/|http:\/\/127\.0\.0\.1[:/])/, 'expected an https:// address');

const download = z
  .strictObject({
    url,
    /** File that holds the hash: bare, `hash  name`, or a SHA256SUMS list. */
    sha256Url: url.optional(),
    /** Hash of what `url` serves, by `os-arch`. */
    sha256: z.record(z.string(), hex).optional(),
    /** Path of the binary inside a .tar.gz. */
    member: z.string().min(1).optional(),
  })
  .refine(
    (d) => (d.sha256Url === undefined) !== (d.sha256 === undefined),
    'expected exactly one of sha256Url and sha256',
  );

const component = z.strictObject({
  package: z.string().min(1),
  images: z.array(z.string().min(1)).optional(),
});

const chart = z.strictObject({
  path: z.string().min(1),
  subcharts: z.record(z.string(), z.strictObject({ goModule: z.string().min(1), path: z.string().min(1) })),
  drop: z.array(z.string()),
});

const family = z.strictObject({
  goModule: z.string().min(1),
  ldflags: z.array(z.string()),
  /** Go build tags. */
  tags: z.array(z.string()).default([]),
  download: download.optional(),
  components: z.record(name, component),
  chart: chart.optional(),
});

/** The shape of pins.yaml. */
export const pinsSchema = z.strictObject({
  sets: z.strictObject({
    embedded: z.array(name).min(1),
    kind: z.array(name).default([]),
    images: z.array(name).default([]),
  }),
  families: z.record(name, family),
  pins: z
    .array(
      z.strictObject({
        family: name,
        version: semver,
        default: z.boolean().optional(),
        ldflags: z.array(z.string()).optional(),
        with: z.record(name, semver).optional(),
      }),
    )
    .min(1),
});

export type PinsFile = z.infer<typeof pinsSchema>;
export type FamilyChart = z.infer<typeof chart>;
