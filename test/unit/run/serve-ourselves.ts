import { registerHooks } from 'node:module';

const INDEX = new URL('../../../harness/index.ts', import.meta.url).href;
let serving = false;

/** As the command does it: an experiment that imports 'falldown' means these sources. */
export function serveOurselves(): void {
  if (serving) return;
  serving = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'falldown' ? { url: INDEX, shortCircuit: true } : next(specifier, context),
  });
}
