import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { builtInExperiments } from '../../../harness/cli/catalog.ts';

const FOLDER = new URL('../../../.github/workflows/', import.meta.url);

interface Job {
  strategy?: { matrix?: { experiment?: string[]; include?: { experiment?: string }[] } };
  steps: { uses?: string; run?: string }[];
}

describe('GitHub workflows', () => {
  for (const file of readdirSync(FOLDER)) {
    it(`${file} is YAML, and every step of its jobs does something`, () => {
      const { jobs } = parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { jobs: Record<string, Job> };
      const steps = Object.values(jobs).flatMap((job) => job.steps);
      expect(steps).to.not.deep.equal([]);
      expect(steps.filter(({ uses, run }) => uses === undefined && run === undefined)).to.deep.equal([]);
    });
  }

  it('run experiments that there are', () => {
    const { jobs } = parse(readFileSync(new URL('nightly.yml', FOLDER), 'utf8')) as { jobs: Record<string, Job> };
    const named = Object.values(jobs).flatMap(({ strategy }) => [
      ...(strategy?.matrix?.experiment ?? []),
      ...(strategy?.matrix?.include ?? []).flatMap(({ experiment }) => experiment ?? []),
    ]);
    expect(named).to.not.deep.equal([]);
    expect(named.filter((name) => !builtInExperiments().includes(name))).to.deep.equal([]);
  });
});
