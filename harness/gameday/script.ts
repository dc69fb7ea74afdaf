/** What plays the participants in a test: done one after the other. */
export interface GameDayScript {
  name: string;
  steps: ScriptStep[];
}

export const CONDITIONS = ['started', 'fault', 'impact', 'mitigated', 'recovered'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Waits for its condition, then so many seconds, then acts; without an action it only waits. */
export interface ScriptStep {
  when?: Condition | undefined;
  /** Seconds after that. */
  after?: number | undefined;
  /** Seconds that the condition may take; then the session ends, and says so. */
  within: number;
  /** The role that acts; the scenario's first one unless said. */
  as?: string | undefined;
  action?: ScriptAction | undefined;
}

export type ScriptAction =
  | { do: 'ack' | 'hint' | 'pause' | 'resume' | 'finish' | 'abort' }
  | { do: 'diagnose'; cause: string }
  /** Arguments of kubectl. */
  | { do: 'kubectl'; args: string[] };
