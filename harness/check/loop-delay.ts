interface Told {
  eventLoopDelayP99?: number;
  overallEventLoopDelayP99?: number;
}

/**
 * What a thread told of its event loop every few seconds, in seconds: p99 of the whole run, and the highest p99 of a few
 * seconds. A recording of a falldown that did not tell the first has the second in its place, which is never less.
 */
export function loopDelayOf(told: readonly Told[]): { eventLoopDelayP99: number; worstEventLoopDelayP99: number } {
  const worst = Math.max(0, ...told.map((t) => t.eventLoopDelayP99 ?? 0));
  return { eventLoopDelayP99: told.at(-1)?.overallEventLoopDelayP99 ?? worst, worstEventLoopDelayP99: worst };
}
