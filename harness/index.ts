/** What an experiment file imports: `import { experiment, expect } from 'falldown'`. */
export { expect } from './check/expect.ts';
export { type ExperimentMeta, experiment, type Script } from './run/script.ts';
export type { World } from './run/world.ts';
