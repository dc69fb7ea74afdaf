import Mocha from 'mocha';
import type { CheckResult } from '../../reports/result.ts';
import type { Experiment, Step } from './script.ts';

export interface MochaHooks {
  provision(): Promise<void>;
  step(step: Step): Promise<void>;
  teardown(): Promise<void>;
  /** Evaluates the finished journal. */
  evaluate(): CheckResult[];
}

/** Reports nothing: progress and verdict have their own places. */
class Silent {}

/**
 * Runs an experiment as a mocha suite: provisioning is its `before`, each phase and each check is a test, and clean-up
 * is an `after` that runs whatever happened. Checks come last, on the finished journal.
 */
export async function runWithMocha(experiment: Experiment, hooks: MochaHooks): Promise<void> {
  const mocha = new Mocha({ timeout: 0, reporter: Silent as unknown as Mocha.ReporterConstructor });
  const method = Mocha.Suite.create(mocha.suite, experiment.title);
  let stopped = false;
  method.beforeAll('provision', () => hooks.provision());
  for (const step of experiment.steps) {
    const test = new Mocha.Test(`${step.phase}: ${step.title}`, async function (this: Mocha.Context) {
      if (stopped) this.skip();
      stopped = true;
      await hooks.step(step);
      stopped = false;
    });
    method.addTest(test);
  }
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
