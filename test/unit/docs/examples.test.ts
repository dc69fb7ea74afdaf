import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import { builtinProfiles } from '../../../clusters/profiles/builtin.ts';
import { loadExperiment } from '../../../harness/run/script.ts';
import { serveOurselves } from '../run/serve-ourselves.ts';

const FOLDER = new URL('../../../docs/examples/', import.meta.url);

describe('docs/examples', () => {
  const names = readdirSync(FOLDER);
  before(() => serveOurselves());

  it('has experiments and nothing else', () => {
    expect(names.length).to.be.above(0);
    for (const name of names) expect(name).to.match(/^[a-z-]+\.ts$/);
  });

  for (const name of names) {
    it(`${name} loads as an experiment of that name, with steps and checks`, async () => {
      const experiment = await loadExperiment(new URL(name, FOLDER));
      expect(experiment.name).to.equal(basename(name, '.ts'));
      expect(experiment.steps[0]?.phase).to.equal('steady-state');
      expect(builtinProfiles().map((profile) => profile.name)).to.include(experiment.profile);
      // It says which facts it is about, and a check speaks of each.
      const checked = new Set(experiment.checks.flatMap((check) => check.facts));
      expect(checked.size).to.be.above(0);
      for (const fact of checked) expect(experiment.facts).to.include(fact);
    });
  }
});
