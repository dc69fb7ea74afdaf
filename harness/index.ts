/** What an experiment file imports: `import { experiment, expect } from 'falldown'`. */
export { apiConclusion } from './check/api-conclusion.ts';
export type { ApiClass } from './check/api-slo.ts';
export { boomerangTables, boomerangValues } from './check/boomerang-tables.ts';
export { expect } from './check/expect.ts';
export { forecastTables } from './check/forecast-tables.ts';
export type { JournalView } from './check/journal-view.ts';
export { metricsTables } from './check/metrics-tables.ts';
export { rankWaysOut, wayOutValues } from './check/rank-ways-out.ts';
export { trialConclusion } from './check/trial-conclusion.ts';
export { trialValues } from './check/trial-values.ts';
export { type CleanUpCell, cleanUpCells } from './run/clean-up-cells.ts';
export type { CellScript, CellSpec, CellStart } from './run/matrix.ts';
export { safeguardCells } from './run/safeguard-cells.ts';
export { type ExperimentMeta, experiment, type Script } from './run/script.ts';
export type { World } from './run/world.ts';
