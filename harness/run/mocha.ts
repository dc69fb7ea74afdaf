import Mocha from 'mocha';
import type { CheckResult } from '../../reports/result.ts';
import type { Cell } from './matrix.ts';
import type { Experiment, Step } from './script.ts';

export interface MochaHooks {
  provision(): Promise<void>;
  step(step: Step): Promise<void>;
  /** Runs one cell of a matrix; throws only when the whole run is to end. */
  cell(cell: Cell): Promise<void>;
  teardown(): Promise<void>;
  /** Evaluates the finished journal. */
  evaluate(): CheckResult[];
}

/** Reports nothing: progress and verdict have their own places. */
class Silent {}

/**
 * Runs an experiment as a mocha suite: provisioning is its `before`, each phase, cell and check is a test, and clean-up
 * is an `after` that runs whatever happened. Checks come last, on the finished journal.
 */
export async function runWithMocha(experiment: Experiment, cells: readonly Cell[], hooks: MochaHooks): Promise<void> {
  const mocha = new Mocha({ timeout: 0, reporter: Silent as unknown as Mocha.ReporterConstructor });
  const method = Mocha.Suite.create(mocha.suite, experiment.title);
  let stopped = false;
  method.beforeAll('provision', () => hooks.provision());
  const add = (title: string, run: () => Promise<void>) => {
    const test = new Mocha.Test(title, async function (this: Mocha.Context) {
      if (stopped) this.skip();
      stopped = true;
      await run();
      stopped = false;
    });
    method.addTest(test);
  };
  for (const step of experiment.steps) add(`${step.phase}: ${step.title}`, () => hooks.step(step));
  for (const cell of cells) add(`${cell.name}: ${cell.title}`, () => hooks.cell(cell));
  method.afterAll('clean up', () => hooks.teardown());

  const checks = Mocha.Suite.create(mocha.suite, 'checks');
  let results: CheckResult[] = [];
  checks.beforeAll('evaluate the journal', () => {
    results = hooks.evaluate();
  });
  for (const { name } of experiment.checks) {
    const test = new Mocha.Test(name, function (this: Mocha.Context) {
      const result = results.find((r) => r.name === name);
      if (result === undefined || result.verdict === 'inconclusive') this.skip();
      if (result?.verdict === 'violated') throw new Error(result.because);
    });
    checks.addTest(test);
  }
  await new Promise<void>((resolve) => mocha.run(() => resolve()));
  // Or its listeners for unhandled errors would stay, and pile up with every experiment of a session.
  mocha.dispose();
}
