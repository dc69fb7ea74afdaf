/** What a game day writes down beside what every run does. */

/** Something that the crew, the facilitator or the session itself did. `by` is a role, `facilitator`, or `falldown`. */
export type GameDayStep = { type: 'gameday'; by: string } & (
  | { op: 'started'; scenario: string; roles: string[]; withinSeconds: number }
  /** Somebody has noticed and takes it on. */
  | { op: 'acknowledged' }
  /** Somebody names a cause from the scenario's list. */
  | { op: 'diagnosed'; cause: string }
  /** The crew asked for a hint: the first, the second … */
  | { op: 'hint'; number: number }
  | { op: 'paused' | 'resumed' }
  /** A script ran a command in this role's name; the audit log says what the API server made of it. */
  | { op: 'played'; command: string; exitCode: number; output: string }
  | { op: 'ended'; how: GameDayEnd }
);

/** `finished`: the facilitator or the script said so; `limit`: time was up. */
export type GameDayEnd = 'finished' | 'aborted' | 'limit';

/** A request of a participant, as the API server's audit log has it. */
export interface AuditedRequest {
  type: 'audit';
  /** The role, e.g. infra-oncall. */
  actor: string;
  /** As RBAC calls it: get, list, watch, create, update, patch, delete, deletecollection. */
  verb: string;
  /** With its group and subresource: `pods`, `deployments.apps/scale`. */
  resource: string;
  ns?: string;
  name?: string;
  /** HTTP status. */
  code: number;
  reason: string;
  message: string;
  dryRun: boolean;
  /** Who asked, e.g. `kubectl/v1.36.3`. */
  client: string;
  seconds: number;
}
