import type { Safeguard } from './safeguard.ts';

export const parallelismCap: Safeguard = {
  name: 'parallelism-cap',
  describe: 'a batch Job runs at most four pods at a time (spec.parallelism)',
  claims: 'a Job that fans out leaves room for everybody else',
  against: ['batch-collision'],
  patch: () => ({ workloads: { encoding: { parallelism: 4 } } }),
};
