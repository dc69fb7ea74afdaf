import type { Profile } from '../../clusters/providers/provider.ts';
import type { WebhookState } from '../journal/events.ts';

/** What a safeguard changes in a profile. A safeguard of the user's own is written like this, in YAML. */
export interface Patch {
  /** `values` merge as helm's do; `policies` replace. */
  gatekeeper?: { values?: Record<string, unknown>; policies?: Profile['gatekeeper']['policies'] } | undefined;
  /** Merged by name, field by field. */
  priorityClasses?: readonly (Partial<Profile['priorityClasses'][number]> & { name: string })[] | undefined;
  /** Merged field by field. */
  workloads?: { encoding?: Record<string, unknown>; security?: Record<string, unknown> } | undefined;
  /** Added. */
  objects?: readonly Profile['objects'][number][] | undefined;
}

export interface Safeguard {
  name: string;
  /** One line: what it changes. */
  describe: string;
  /** One line: what it is said to prevent. */
  claims: string;
  /** Triggers of the experiment `safeguards` that it is said to stand against. */
  against: readonly TriggerName[];
  /** Takes the second infrastructure node, which is cordoned without it, into use: open to all, or for the gatekeeper alone. */
  spareNode?: 'open' | 'dedicated';
  /** What is let through by design while it works. */
  exposes?: string;
  /** Left out when all safeguards are taken together, and why: another way to the same end. */
  apart?: string;
  /** Whether the webhooks on pods say what the safeguard changes in them; without it they stay as they were. */
  written?(webhooks: WebhookState['webhooks']): boolean;
  patch(profile: Profile): Patch;
}

export type TriggerName =
  | 'collision'
  | 'node-critical-collision'
  | 'batch-collision'
  | 'drain'
  | 'evict-one'
  | 'rules-deleted'
  | 'crash-loop'
  | 'stall'
  | 'node-pressure';

/** The triggers after which no gatekeeper answers: all but the deletion of the rules. */
export const TAKES_THE_GATEKEEPER: readonly TriggerName[] = [
  'collision',
  'node-critical-collision',
  'batch-collision',
  'drain',
  'evict-one',
  'crash-loop',
  'stall',
  'node-pressure',
];
