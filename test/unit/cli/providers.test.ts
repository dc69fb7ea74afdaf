import { expect } from 'chai';
import type { ClusterProvider } from '../../../clusters/providers/provider.ts';
import { requireFit } from '../../../harness/cli/providers.ts';
import { FalldownError } from '../../../harness/errors.ts';
import type { Experiment } from '../../../harness/run/script.ts';

const provider = (name: ClusterProvider['name']) => ({ name }) as ClusterProvider;
const needing = (...needs: Experiment['needs']) => ({ name: 'node-drain', needs }) as Experiment;

describe('requireFit', () => {
  it('lets an experiment run on what it needs', () => {
    requireFit(needing('embedded', 'kind'), provider('embedded'));
    requireFit(needing('embedded', 'kind'), provider('kind'));
    requireFit(needing('kind'), provider('kind'));
  });

  it('lets an experiment run on a cluster of the user’s own when it needs nothing of its nodes', () => {
    requireFit(needing('embedded', 'kind'), provider('current'));
    expect(() => requireFit(needing('kind'), provider('current'))).to.throw(FalldownError, 'a cluster of your own');
    const matrix = { ...needing('embedded', 'kind'), cells: [] } as unknown as Experiment;
    requireFit(matrix, provider('embedded'));
    expect(() => requireFit(matrix, provider('current'))).to.throw(FalldownError, 'a cluster of your own');
  });

  it('refuses what the kind of cluster cannot do, and says where it runs', () => {
    const refusal = () => requireFit(needing('kind'), provider('embedded'));
    expect(refusal).to.throw(FalldownError, 'the experiment cannot run on embedded clusters: node-drain');
    expect(refusal).to.throw(FalldownError, 'falldown run node-drain --on kind');
    try {
      refusal();
    } catch (error) {
      expect(error).to.include({ code: 'EXPERIMENT_NEEDS', exitCode: 2 });
    }
  });
});
