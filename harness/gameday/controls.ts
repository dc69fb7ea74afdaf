import { FalldownError } from '../errors.ts';
import type { GameDayEnd } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { GameDayRecord } from './record.ts';
import type { Scenario } from './scenario.ts';

/** Who is not a role: the one who holds the game day. */
export const FACILITATOR = 'facilitator';

const OVER = 'the game is over';

/** What can be done to a session that goes on. Whatever is done is in the journal, and only that counts. */
export class Controls {
  readonly #scenario: Scenario;
  readonly #journal: Journal;
  readonly #record: GameDayRecord;
  readonly #ended = Promise.withResolvers<GameDayEnd>();
  #over = false;

  constructor(scenario: Scenario, journal: Journal, record: GameDayRecord) {
    this.#scenario = scenario;
    this.#journal = journal;
    this.#record = record;
  }

  /** How the session ended; resolves once. */
  get ended(): Promise<GameDayEnd> {
    return this.#ended.promise;
  }

  acknowledge(by: string | undefined): string {
    const role = this.#role(by);
    this.#refuseIf(this.#over, OVER);
    this.#journal.append({ type: 'gameday', op: 'acknowledged', by: role });
    return `acknowledged by ${role}`;
  }

  /** Names a cause. Whether it is the right one is not said: nobody would say so in an incident either. */
  diagnose(by: string | undefined, cause: string | undefined): string {
    const role = this.#role(by);
    const { causes } = this.#scenario;
    const named = causes.find(({ id }) => id === cause);
    if (named === undefined) {
      throw usage('GAMEDAY_CAUSE_UNKNOWN', 'the scenario has no such cause', cause ?? 'none was named', {
        expected: causes.map(({ id, text }) => `${id}: ${text}`).join('\n'),
      });
    }
    this.#refuseIf(this.#over, OVER);
    this.#journal.append({ type: 'gameday', op: 'diagnosed', by: role, cause: named.id });
    return `noted: ${role} says that ${named.text}`;
  }

  hint(by: string | undefined): string {
    const role = this.#role(by);
    this.#refuseIf(this.#over, OVER);
    const given = this.#record.steps.filter((s) => s.op === 'hint').length;
    const hint = this.#scenario.hints[given];
    if (hint === undefined) {
      throw usage('GAMEDAY_NO_HINTS', 'there are no more hints', `${given} were given`, {
        next: 'ask the facilitator, who sees everything',
      });
    }
    this.#journal.append({ type: 'gameday', op: 'hint', by: role, number: given + 1 });
    return `${hint.text} (−${hint.price} points)`;
  }

  pause(): string {
    this.#refuseIf(this.#over, OVER);
    this.#refuseIf(this.paused, 'it is paused already');
    this.#journal.append({ type: 'gameday', op: 'paused', by: FACILITATOR });
    return 'paused: the clocks stand still, the cluster does not';
  }

  resume(): string {
    this.#refuseIf(this.#over, OVER);
    this.#refuseIf(!this.paused, 'it is not paused');
    this.#journal.append({ type: 'gameday', op: 'resumed', by: FACILITATOR });
    return 'resumed';
  }

  end(how: GameDayEnd): string {
    if (this.#over) return 'it is ending already';
    this.#over = true;
    this.#journal.append({ type: 'gameday', op: 'ended', by: how === 'limit' ? 'falldown' : FACILITATOR, how });
    this.#ended.resolve(how);
    return how === 'aborted' ? 'aborted: the cluster is being removed' : 'finished: the scorecard is being written';
  }

  get paused(): boolean {
    return this.#record.paused(this.#journal.now());
  }

  /** The first role speaks where none is named: often there is one keyboard. */
  #role(by: string | undefined): string {
    const roles = this.#scenario.roles.map(({ identity }) => identity);
    const role = by ?? (roles[0] as string);
    if (roles.includes(role)) return role;
    throw usage('GAMEDAY_ROLE_UNKNOWN', 'nobody plays this role', role, { expected: roles.join(', ') });
  }

  #refuseIf(wrong: boolean, seen: string): void {
    if (wrong) throw usage('GAMEDAY_NOT_NOW', 'that cannot be done now', undefined, { seen });
  }
}

function usage(
  code: string,
  what: string,
  on: string | undefined,
  more: { expected?: string; seen?: string; next?: string },
): FalldownError {
  return new FalldownError({
    code,
    kind: 'usage',
    what,
    on,
    ...more,
  });
}
