import type { ExperimentResult, Result } from './result.ts';
import { duration, grouped, plural } from './words.ts';

/** One lesson of the incident (F18) and whether the cluster under test still has to learn it. */
export interface Lesson {
  lesson: string;
  state: 'still there' | 'not seen' | 'not measured' | 'see the check';
  because: string;
}

/** The lessons of F18, held against what this run measured. */
export function lessonsOf(result: Result, experiment: ExperimentResult): Lesson[] {
  return [smallDefaults(result), priorities(result, experiment), loops(experiment), ...dashboards(experiment)];
}

function smallDefaults({ gatekeeper: g }: Result): Lesson {
  const lesson = 'Small defaults matter';
  if (g === null) return { lesson, state: 'not measured', because: 'No gatekeeper was installed.' };
  const defaults = [
    g.replicas <= 1 ? `${plural(g.replicas, 'replica')}` : undefined,
    g.priority <= 0 ? `priority ${grouped(g.priority)}` : undefined,
  ].filter((part) => part !== undefined);
  const who = `${g.name} ${g.version}`;
  if (defaults.length > 0)
    return { lesson, state: 'still there', because: `${who} runs with ${defaults.join(' and ')}.` };
  return {
    lesson,
    state: 'not seen',
    because: `${who} runs ${g.replicas} replicas at priority ${grouped(g.priority)}.`,
  };
}

function priorities({ gatekeeper: g }: Result, { story }: ExperimentResult): Lesson {
  const lesson = 'Priorities collide';
  const e = story?.evicted;
  if (e?.how === 'preemption') {
    const over =
      e.byPriority === undefined || e.priority === undefined
        ? ''
        : `: ${grouped(e.byPriority)} over ${grouped(e.priority)}`;
    return { lesson, state: 'still there', because: `${e.by ?? 'Another pod'} outranked the gatekeeper's pod${over}.` };
  }
  if (g === null) return { lesson, state: 'not measured', because: 'No gatekeeper was installed.' };
  if (g.priority > 0) return { lesson, state: 'not seen', because: 'The gatekeeper was not preempted.' };
  const because = `Every pod with a priority above ${grouped(g.priority)} may take the gatekeeper's place.`;
  return { lesson, state: 'still there', because };
}

function loops({ measures: m }: ExperimentResult): Lesson {
  const lesson = 'Loops need outside help';
  if (m.selfHealed === null) return { lesson, state: 'not measured', because: 'The run did not wait for it to heal.' };
  if (m.selfHealed) return { lesson, state: 'not seen', because: 'It healed once the trigger was gone.' };
  const hold = m.holdSeconds === null ? '' : ` for ${duration(m.holdSeconds)}`;
  return { lesson, state: 'still there', because: `It stayed down${hold} after the trigger was gone.` };
}

/** Whether a dashboard lied is the experiment's own expectation (F4, F5), so its check speaks for itself. */
function dashboards({ checks }: ExperimentResult): Lesson[] {
  const lesson = 'Dashboards that lie are worse than dashboards that scream';
  return checks
    .filter((c) => c.facts.some((fact) => fact === 'F4' || fact === 'F5'))
    .map((c) => ({ lesson, state: 'see the check' as const, because: `${c.name}: ${c.because}` }));
}
