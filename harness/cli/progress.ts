import type { Progress } from '../../clusters/providers/provider.ts';
import type { JournalEvent } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { Live } from '../observe/live.ts';
import { spoken } from '../spoken.ts';
import { paint } from './output.ts';

/** On a terminal the last line is redrawn this often; elsewhere a line of state is printed now and then. */
const REDRAW_MILLISECONDS = 200;
const LOG_SECONDS = 10;

interface Step {
  title: string;
  since: number;
  state: (() => string) | undefined;
}

/** Progress of one command on stderr: finished steps stay as lines, what is going on now is one live line. */
export class ConsoleProgress implements Progress {
  readonly #live = process.stderr.isTTY === true && !process.env.CI;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  /** What is going on, outermost first. */
  #steps: Step[] = [];
  #story: Live | undefined;
  #lastLog = 0;
  #drawn = false;

  readonly #logSeconds: number;

  constructor(logSeconds = LOG_SECONDS) {
    this.#logSeconds = logSeconds;
    this.#timer = setInterval(() => this.#tick(), REDRAW_MILLISECONDS);
    this.#timer.unref();
  }

  step(title: string, state?: () => string): (detail?: string) => void {
    const step = this.#begin(title, state);
    return (detail = '') => {
      this.#end(step, !detail.startsWith('failed'), detail);
    };
  }

  say(line: string): void {
    this.#clear();
    process.stderr.write(`${line}\n`);
  }

  /** Follows a run: its phases become lines, its state the live line. */
  follow(journal: Journal, live: Live): void {
    this.#story = live;
    let phase: Step | undefined;
    /** Requests of the phase that were refused in the same way, however many objects they were about. */
    const refused = new Map<string, number>();
    journal.subscribe((event: JournalEvent) => {
      if (event.type === 'phase.started') {
        phase = this.#begin(`${event.phase}: ${event.title}`);
      } else if (event.type === 'phase.ended' && phase !== undefined) {
        this.#end(phase, event.ok);
        for (const [what, times] of refused) if (times > 1) this.say(paint('dim', `    ${what}, ${times - 1} more`));
        refused.clear();
        if (!event.ok && event.reason !== undefined) this.say(paint('dim', `    ${event.reason.split('\n')[0]}`));
      } else if (event.type === 'request' && event.code >= 400) {
        const { actor, verb, object, code, message } = event;
        const what = `${actor} ${verb} ${object.split('/')[0]}: ${code}`;
        const before = refused.get(what) ?? 0;
        refused.set(what, before + 1);
        if (before === 0) this.say(paint('dim', `    ${actor} ${verb} ${object}: ${code} ${short(message)}`));
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

  #begin(title: string, state?: () => string): Step {
    const step = { title, since: performance.now(), state };
    this.#steps.push(step);
    return step;
  }

  #end(step: Step, ok: boolean, detail = ''): void {
    this.#steps = this.#steps.filter((other) => other !== step);
    const mark = ok ? paint('green', '✓') : paint('yellow', '✗');
    const seconds = spoken((performance.now() - step.since) / 1000);
    this.say(`${mark} ${step.title}${detail === '' ? '' : `: ${detail}`} ${paint('dim', seconds)}`);
  }

  #tick(): void {
    const now = performance.now();
    const step = this.#steps.at(-1);
    if (step === undefined) return;
    const seconds = (now - step.since) / 1000;
    const state = () => (step.state === undefined ? this.#state() : `: ${step.state()}`);
    if (this.#live) {
      const line = `${step.title} ${seconds.toFixed(0)} s${state()}`;
      const columns = process.stderr.columns || 80;
      process.stderr.write(`\r\x1b[2K${line.length > columns - 1 ? `${line.slice(0, columns - 2)}…` : line}`);
      this.#drawn = true;
    } else if (seconds >= 2 && now - this.#lastLog >= this.#logSeconds * 1000) {
      this.#lastLog = now;
      const elapsed = ((now - this.#started) / 1000).toFixed(0);
      process.stderr.write(`  ${elapsed} s  ${step.title}${state()}\n`);
    }
  }

  #state(): string {
    const live = this.#story;
    if (live === undefined || live.phase === '') return '';
    const { encoding, readyGatekeepers, refusals } = live;
    const apiP99 = live.api.p99;
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
