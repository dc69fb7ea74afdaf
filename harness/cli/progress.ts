import type { Progress } from '../../clusters/providers/provider.ts';
import type { JournalEvent } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { Live } from '../observe/live.ts';
import { paint, useColor } from './output.ts';

/** On a terminal the last line is redrawn this often; elsewhere a line of state is printed now and then. */
const REDRAW_MILLISECONDS = 200;
const LOG_SECONDS = 10;

/** Progress of one command on stderr: finished steps stay as lines, what is going on now is one live line. */
export class ConsoleProgress implements Progress {
  readonly #live = process.stderr.isTTY === true && !process.env.CI;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #current: { title: string; since: number } | undefined;
  #story: Live | undefined;
  #lastLog = 0;
  #drawn = false;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), REDRAW_MILLISECONDS);
    this.#timer.unref();
  }

  step(title: string): (detail?: string) => void {
    const since = performance.now();
    this.#current = { title, since };
    return (detail) => {
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      this.say(
        `${paint('green', '✓')} ${title}${detail === undefined ? '' : `: ${detail}`} ${paint('dim', `${seconds} s`)}`,
      );
      if (this.#current?.title === title) this.#current = undefined;
    };
  }

  say(line: string): void {
    this.#clear();
    process.stderr.write(`${line}\n`);
  }

  /** Follows a run: its phases become lines, its state the live line. */
  follow(journal: Journal, live: Live): void {
    this.#story = live;
    const began = new Map<string, number>();
    journal.subscribe((event: JournalEvent) => {
      if (event.type === 'phase.started') {
        began.set(event.phase, event.t);
        this.#current = { title: `${event.phase}: ${event.title}`, since: performance.now() };
      } else if (event.type === 'phase.ended') {
        const seconds = (event.t - (began.get(event.phase) ?? event.t)).toFixed(1);
        const mark = event.ok ? paint('green', '✓') : paint('yellow', '✗');
        this.say(`${mark} ${event.phase}: ${live.phaseTitle} ${paint('dim', `${seconds} s`)}`);
        if (!event.ok && event.reason !== undefined) this.say(paint('dim', `    ${event.reason.split('\n')[0]}`));
        this.#current = undefined;
      } else if (event.type === 'request' && event.code >= 400) {
        this.say(
          paint('dim', `    ${event.actor} ${event.verb} ${event.object}: ${event.code} ${short(event.message)}`),
        );
      } else if (event.type === 'object' && event.kind === 'Event' && 'message' in event.state) {
        if ('regarding' in event.state && event.state.reason === 'Preempted') {
          this.say(paint('dim', `    ${event.state.regarding}: ${event.state.message}`));
        }
      }
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #tick(): void {
    const now = performance.now();
    if (this.#current === undefined) return;
    const seconds = (now - this.#current.since) / 1000;
    if (this.#live) {
      const line = `${this.#current.title} ${seconds.toFixed(0)} s${this.#state()}`;
      const columns = process.stderr.columns || 80;
      process.stderr.write(`\r\x1b[2K${line.length > columns - 1 ? `${line.slice(0, columns - 2)}…` : line}`);
      this.#drawn = true;
    } else if (seconds >= 2 && now - this.#lastLog >= LOG_SECONDS * 1000) {
      this.#lastLog = now;
      const elapsed = ((now - this.#started) / 1000).toFixed(0);
      process.stderr.write(`  ${elapsed} s  ${this.#current.title}${this.#state()}\n`);
    }
  }

  #state(): string {
    const live = this.#story;
    if (live === undefined || live.phase === '') return '';
    const { encoding, readyGatekeepers, refusals, apiP99 } = live;
    const api = apiP99 === undefined ? '' : ` · API p99 ${(apiP99 * 1000).toFixed(0)} ms`;
    const gate = `gatekeeper ${readyGatekeepers} ready`;
    return ` · pods ${encoding.created} made, ${encoding.Running} running, ${encoding.Succeeded} done · ${gate} · ${refusals} refused${api}`;
  }

  #clear(): void {
    if (this.#drawn) process.stderr.write('\r\x1b[2K');
    this.#drawn = false;
  }
}

function short(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line.length > 140 ? `${line.slice(0, 139)}…` : line;
}

export { useColor };
