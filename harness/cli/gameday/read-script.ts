import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { hint } from '../../../clusters/profiles/did-you-mean.ts';
import { LocatedYaml, type Problem, problemsOf } from '../../../clusters/toolchain/located-yaml.ts';
import { FalldownError, reasonOf } from '../../errors.ts';
import type { Scenario } from '../../gameday/scenario.ts';
import { CONDITIONS, type GameDayScript, type ScriptAction, type ScriptStep } from '../../gameday/script.ts';

const PLAIN = ['ack', 'hint', 'pause', 'resume', 'finish', 'abort'] as const;
const WITHIN_SECONDS = 120;

const seconds = z
  .number('expected seconds')
  .min(0, 'expected 0 or more seconds')
  .max(86_400, 'expected less than a day');
const kubectl = z.union([z.string(), z.array(z.string()).min(1)], 'expected a line, or a list of arguments');

const stepSchema = z.strictObject({
  when: z.enum(CONDITIONS, `expected one of ${CONDITIONS.join(', ')}`).optional(),
  after: seconds.optional(),
  within: seconds.optional(),
  as: z.string('expected a role').optional(),
  do: z.enum(PLAIN, `expected one of ${PLAIN.join(', ')}`).optional(),
  diagnose: z.string('expected the id of a cause').optional(),
  kubectl: kubectl.optional(),
});

const scriptSchema = z.strictObject({
  apiVersion: z.literal('falldown.dev/v1', 'expected falldown.dev/v1'),
  kind: z.literal('GameDayScript', 'expected GameDayScript'),
  name: z.string('expected a name').min(1, 'expected a name'),
  steps: z.array(stepSchema, 'expected a list of steps').min(1, 'expected at least one step'),
});

type Written = z.infer<typeof stepSchema>;

/**
 * Reads a script for a scenario: strict, with all problems at once, each with its place.
 * @throws FalldownError GAMEDAY_SCRIPT_INVALID, FILE_NOT_FOUND
 */
export function readScript(file: string, scenario: Scenario): GameDayScript {
  const yaml = new LocatedYaml(file, textOf(file));
  const syntax = yaml.syntaxErrors();
  if (syntax.length > 0) throw invalid(file, syntax);
  const parsed = scriptSchema.safeParse(yaml.value());
  const problems = parsed.success ? semantic(parsed.data.steps, scenario) : problemsOf(parsed.error);
  if (!parsed.success || problems.length > 0)
    throw invalid(
      file,
      problems.map((p) => yaml.describe(p)),
    );
  return { name: parsed.data.name, steps: parsed.data.steps.map(stepOf) };
}

/** What the shape alone does not show: one action a step, roles and causes that the scenario has. */
function semantic(steps: readonly Written[], { roles, causes }: Scenario): Problem[] {
  const known = roles.map(({ identity }) => identity);
  const ids = causes.map(({ id }) => id);
  return steps.flatMap((step, i): Problem[] => {
    const { as, diagnose, when, kubectl: line } = step;
    const actions = (['do', 'diagnose', 'kubectl'] as const).filter((key) => step[key] !== undefined);
    const found: Problem[] = [];
    const add = (key: string | undefined, message: string) =>
      found.push({ path: key === undefined ? ['steps', i] : ['steps', i, key], message });
    if (actions.length > 1) add(actions[1], `expected one action a step, seen ${actions.join(' and ')}`);
    if (actions.length === 0 && when === undefined && step.after === undefined) {
      add(undefined, 'expected something to do (do, diagnose, kubectl) or to wait for (when, after)');
    }
    if (as !== undefined && !known.includes(as))
      add('as', `nobody plays ${as}, expected one of ${known.join(', ')}${hint(as, known)}`);
    if (diagnose !== undefined && !ids.includes(diagnose)) {
      add('diagnose', `unknown cause ${diagnose}, expected one of ${ids.join(', ')}${hint(diagnose, ids)}`);
    }
    if (typeof line === 'string' && /["'\\]/.test(line))
      add('kubectl', 'expected a list of arguments, as this line has quotes');
    return found;
  });
}

function stepOf({ when, after, within = WITHIN_SECONDS, as, ...rest }: Written): ScriptStep {
  const action = actionOf(rest);
  return { within, when, after, as, ...(action === undefined ? {} : { action }) };
}

function actionOf(step: Pick<Written, 'do' | 'diagnose' | 'kubectl'>): ScriptAction | undefined {
  if (step.do !== undefined) return { do: step.do };
  if (step.diagnose !== undefined) return { do: 'diagnose', cause: step.diagnose };
  if (step.kubectl === undefined) return undefined;
  const args = typeof step.kubectl === 'string' ? step.kubectl.trim().split(/\s+/) : step.kubectl;
  return { do: 'kubectl', args: args[0] === 'kubectl' ? args.slice(1) : args };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FalldownError({
      code: 'FILE_NOT_FOUND',
      kind: 'usage',
      what: 'cannot read the script',
      on: file,
      seen: reasonOf(cause),
      cause,
    });
  }
}

function invalid(file: string, problems: readonly string[]): FalldownError {
  return new FalldownError({
    code: 'GAMEDAY_SCRIPT_INVALID',
    kind: 'usage',
    what: problems.length === 1 ? 'the script has a problem' : `the script has ${problems.length} problems`,
    on: file,
    seen: problems.join('\n'),
    next: 'correct each place named; docs/run-a-game-day.md describes the fields',
  });
}
