import type { Command } from 'commander';

interface Entry {
  name: string;
  describe: string;
  load(): Promise<Command>;
}

/** Every command, in the order of `--help`. One file each, loaded when it is asked for. */
export const COMMANDS: readonly Entry[] = [
  {
    name: 'run',
    describe: 'provision a cluster, run experiments on it, report',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  {
    name: 'up',
    describe: 'make a cluster with a profile, to play with',
    load: async () => (await import('./up.ts')).upCommand(),
  },
  {
    name: 'down',
    describe: 'remove a cluster made by up or kept by run',
    load: async () => (await import('./down.ts')).downCommand(),
  },
  {
    name: 'clusters',
    describe: 'list the clusters that falldown has made',
    load: async () => (await import('./clusters.ts')).clustersCommand(),
  },
  {
    name: 'experiments',
    describe: 'list the experiments, their facts, needs and times',
    load: async () => (await import('./experiments.ts')).experimentsCommand(),
  },
  {
    name: 'recoveries',
    describe: 'list the ways out of the deadlock, and what each risks',
    load: async () => (await import('./recoveries.ts')).recoveriesCommand(),
  },
  {
    name: 'safeguards',
    describe: 'list the safeguards: what each changes, what it claims',
    load: async () => (await import('./safeguards.ts')).safeguardsCommand(),
  },
  {
    name: 'faults',
    describe: 'list what falldown can do to a cluster',
    load: async () => (await import('./faults.ts')).faultsCommand(),
  },
  {
    name: 'report',
    describe: 'check a recorded run again and rebuild its reports',
    load: async () => (await import('./report.ts')).reportCommand(),
  },
  {
    name: 'compare',
    describe: 'what got worse from one run to another, beyond noise',
    load: async () => (await import('./compare.ts')).compareCommand(),
  },
  {
    name: 'history',
    describe: 'past runs, and how steady each check was',
    load: async () => (await import('./history.ts')).historyCommand(),
  },
  {
    name: 'validate',
    describe: 'before an upgrade: both sides, and the upgrade itself',
    load: async () => (await import('./validate.ts')).validateCommand(),
  },
  {
    name: 'gameday',
    describe: 'people respond to an outage, falldown watches and scores',
    load: async () => (await import('./gameday.ts')).gamedayCommand(),
  },
  {
    name: 'toolchain',
    describe: 'the binaries: where each comes from, build them',
    load: async () => (await import('./toolchain.ts')).toolchainCommand(),
  },
  {
    name: 'images',
    describe: 'the images of kind clusters, made without a registry',
    load: async () => (await import('./images.ts')).imagesCommand(),
  },
  {
    name: 'host',
    describe: 'what this host lacks for each kind of cluster',
    load: async () => (await import('./host.ts')).hostCommand(),
  },
  {
    name: 'cleanup',
    describe: 'remove everything that crashed runs left behind',
    load: async () => (await import('./cleanup.ts')).cleanupCommand(),
  },
];
