import { hint } from '../../../clusters/profiles/did-you-mean.ts';
import { FalldownError } from '../../errors.ts';
import { findScenario, SCENARIOS } from '../../gameday/catalogue.ts';
import type { Scenario } from '../../gameday/scenario.ts';

/** Throws GAMEDAY_SCENARIO_UNKNOWN. */
export function scenarioOf(name: string | undefined): Scenario {
  const found = name === undefined ? undefined : findScenario(name);
  if (found !== undefined) return found;
  const names = SCENARIOS.map((scenario) => scenario.name);
  throw new FalldownError({
    code: 'GAMEDAY_SCENARIO_UNKNOWN',
    kind: 'usage',
    what: name === undefined ? 'a game day needs a scenario' : 'no such scenario',
    on: name === undefined ? undefined : `${name}${hint(name, names)}`,
    expected: names.join(', '),
    next: 'falldown gameday scenarios',
  });
}
