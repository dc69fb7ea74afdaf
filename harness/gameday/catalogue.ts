import type { Scenario } from './scenario.ts';
import { admissionDeadlock } from './scenarios/admission-deadlock.ts';
import { starvation } from './scenarios/starvation.ts';

/** Every scenario, for `falldown gameday --list` and for reading a recorded session again. */
export const SCENARIOS: readonly Scenario[] = [admissionDeadlock, starvation];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
