import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { judgePhase } from './phase-span.ts';
import { ruleOnPods } from './readiness.ts';
import { holds, inconclusive, plural, secs, violated } from './verdicts.ts';

interface Change {
  seq: number;
  t: number;
  /** Webhooks on new pods that are registered from then on, over all configurations. */
  webhooks: number;
}

/**
 * F15: all through a phase a validating webhook on new pods was registered. Without one the API server asks nobody:
 * everything is admitted, nothing is refused, and no error says so. Measured: seconds without one.
 */
export function keepTheRules(view: JournalView, { phase }: { phase: string }): Finding {
  return judgePhase(view, phase, ({ from, to, seqs }) => {
    const changes = registered(view);
    const start = changes.findLast((c) => c.t <= from);
    const blind = view.blind('ValidatingWebhookConfiguration', from, to);
    if (blind !== undefined) return inconclusive(`the rules were out of sight: ${blind}`, seqs);
    if (start === undefined || start.webhooks === 0) {
      return inconclusive('no validating webhook on pods was registered to begin with', seqs);
    }
    const inside = [start, ...changes.filter((c) => c.t > from && c.t <= to)];
    const open = inside.flatMap((c, i) =>
      c.webhooks === 0 ? [{ seq: c.seq, t: c.t, seconds: (inside[i + 1]?.t ?? to) - c.t }] : [],
    );
    const seconds = open.reduce((sum, o) => sum + o.seconds, 0);
    const measured = { measured: seconds, limit: 0, unit: 's' };
    if (open.length > 0) {
      const [first] = open;
      const because = `no webhook on pods was registered for ${secs(seconds)}, from ${secs(first!.t - from)} after the start: everything was admitted, and nothing said so`;
      return violated(because, [...seqs, ...open.map((o) => o.seq)], measured);
    }
    const rewritten = inside.length - 1;
    const because = `a webhook on pods was registered all along; ${plural(rewritten, 'change')} of their number seen`;
    return holds(because, [...seqs, ...inside.map((c) => c.seq)], measured);
  });
}

/** How many webhooks on the creation of pods are registered, over time. */
function registered(view: JournalView): Change[] {
  const lines = view
    .objects('ValidatingWebhookConfiguration')
    .flatMap((h) => h.seen)
    .toSorted((a, b) => a.seq - b.seq);
  const byObject = new Map<string, number>();
  const changes: Change[] = [];
  for (const { seq, t, uid, op, state } of lines) {
    const onPods = state.webhooks.filter((w) => w.rules.some((rule) => ruleOnPods(rule) && /CREATE|\*/.test(rule)));
    byObject.set(uid, op === 'deleted' ? 0 : onPods.length);
    const webhooks = [...byObject.values()].reduce((sum, n) => sum + n, 0);
    if (changes.at(-1)?.webhooks !== webhooks) changes.push({ seq, t, webhooks });
  }
  return changes;
}
