import type { Live } from '../live.ts';

/** Frames in a segment: ten seconds of film. */
const FRAMES_PER_SEGMENT = 240;

/** The encoding queue as its own team counts it. */
export interface QueueNow {
  running: number;
  waiting: number;
  framesEncoded: number;
  /** When a segment was last finished, or came to the queue; seconds since 1970. */
  lastProgress: number;
}

/** Reads the queue off the live view of the run, which is made of the API's watches. */
export class Queue {
  readonly #live: Live;
  #moved = '';
  #lastProgress = 0;

  constructor(live: Live) {
    this.#live = live;
  }

  now(): QueueNow {
    const { Running: running, Succeeded: done } = this.#live.encoding;
    let segments = 0;
    for (const { completions } of this.#live.jobs.values()) segments += completions;
    const moved = `${done} of ${segments}`;
    if (moved !== this.#moved) this.#lastProgress = Date.now() / 1000;
    this.#moved = moved;
    return {
      running,
      waiting: Math.max(0, segments - done - running),
      framesEncoded: done * FRAMES_PER_SEGMENT,
      lastProgress: this.#lastProgress,
    };
  }
}

/** Name, type, meaning, value: what the queue's exporter and its StatsD client publish. */
export const QUEUE_METRICS: readonly [name: string, type: 'gauge' | 'counter', help: string, of: keyof QueueNow][] = [
  ['jobs_running', 'gauge', 'Segments that are being encoded.', 'running'],
  ['jobs_waiting', 'gauge', 'Segments that are still to be encoded.', 'waiting'],
  ['frames_encoded_total', 'counter', 'Frames encoded so far.', 'framesEncoded'],
  [
    'last_progress_timestamp_seconds',
    'gauge',
    'When a segment was last finished, or came to the queue.',
    'lastProgress',
  ],
];

/** The queue in the Prometheus text format, version 0.0.4. */
export function exposition(queue: QueueNow): string {
  return QUEUE_METRICS.map(
    ([name, type, help, of]) =>
      `# HELP encoding_${name} ${help}\n# TYPE encoding_${name} ${type}\nencoding_${name} ${queue[of]}\n`,
  ).join('');
}
