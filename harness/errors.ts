/** Exit codes of the `falldown` command; the contract that CI scripts lean on. */
export const EXIT = {
  holds: 0,
  violated: 1,
  usage: 2,
  inconclusive: 3,
  deadline: 4,
  cleanupIncomplete: 5,
  sigint: 130,
  sigterm: 143,
} as const;

/** What kind of thing went wrong; it decides the exit code. */
export type FailureKind = 'usage' | 'setup' | 'infrastructure' | 'deadline' | 'cleanup';

export interface Failure {
  /** Stable identifier a script can match on, e.g. `PROFILE_INVALID`. */
  code: string;
  kind: FailureKind;
  /** What failed, in a few words: "profile does not parse". */
  what: string;
  /** The object, file:line:col or command line it failed on. */
  on?: string | undefined;
  expected?: string | undefined;
  seen?: string | undefined;
  elapsedSeconds?: number | undefined;
  limitSeconds?: number | undefined;
  /** What the reader should do next. */
  next?: string | undefined;
  /** Where the evidence is: a log file, a journal, or the last lines themselves. */
  evidence?: string | undefined;
  cause?: unknown;
}

/**
 * The one error type that reaches a user. Its message follows one template:
 * what failed · on what · expected and seen · elapsed and limit · next step · evidence.
 */
export class FalldownError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(describe(failure), failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = 'FalldownError';
    this.failure = failure;
  }

  get code(): string {
    return this.failure.code;
  }

  get exitCode(): number {
    return exitCodeOf(this.failure.kind);
  }
}

export function exitCodeOf(kind: FailureKind): number {
  switch (kind) {
    case 'usage':
      return EXIT.usage;
    case 'deadline':
      return EXIT.deadline;
    case 'cleanup':
      return EXIT.cleanupIncomplete;
    case 'setup':
    case 'infrastructure':
      return EXIT.inconclusive;
  }
}

function describe(f: Failure): string {
  const lines = [f.on === undefined ? f.what : `${f.what}: ${f.on}`];
  if (f.expected !== undefined) lines.push(`  expected  ${indent(f.expected)}`);
  if (f.seen !== undefined) lines.push(`  seen      ${indent(f.seen)}`);
  if (f.elapsedSeconds !== undefined) {
    const limit = f.limitSeconds === undefined ? '' : ` of ${f.limitSeconds.toFixed(1)} s allowed`;
    lines.push(`  elapsed   ${f.elapsedSeconds.toFixed(1)} s${limit}`);
  }
  if (f.next !== undefined) lines.push(`  next      ${indent(f.next)}`);
  if (f.evidence !== undefined) lines.push(`  evidence  ${indent(f.evidence)}`);
  return lines.join('\n');
}

/** Keeps the continuation lines of a long value under its first line. */
function indent(text: string): string {
  return text.trimEnd().split('\n').join('\n            ');
}

/** Any thrown value as text, without the stack: for messages that name a cause. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
