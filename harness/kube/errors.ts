/** A request the API server refused, or that never got an answer (`code` 0). */
export class KubeApiError extends Error {
  readonly verb: string;
  readonly path: string;
  /** HTTP status; 0 when there was no answer. */
  readonly code: number;
  /** Kubernetes' machine-readable reason: NotFound, Forbidden, InternalError …; or the socket's error code. */
  readonly reason: string;
  /** The server's own sentence, without our framing. */
  readonly detail: string;
  readonly seconds: number;

  constructor(p: {
    verb: string;
    path: string;
    code: number;
    reason: string;
    detail: string;
    seconds: number;
    cause?: unknown;
  }) {
    super(`${p.verb} ${p.path} failed with ${p.code === 0 ? 'no answer' : p.code} ${p.reason}: ${p.detail}`, {
      cause: p.cause,
    });
    this.name = 'KubeApiError';
    this.verb = p.verb;
    this.path = p.path;
    this.code = p.code;
    this.reason = p.reason;
    this.detail = p.detail;
    this.seconds = p.seconds;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeApiError && error.code === 404;
}

export function isConflict(error: unknown): boolean {
  return error instanceof KubeApiError && error.code === 409;
}

/**
 * True for the API server's way of saying that it could not ask a fail-closed webhook.
 * The wording is the API server's own (`failed calling webhook "…"`), the same from 1.20 on.
 */
export function isWebhookDown(message: string): boolean {
  return /failed calling webhook/.test(message);
}
