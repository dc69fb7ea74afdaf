import { type Command, InvalidArgumentError } from 'commander';

export interface ProfileFlags {
  profile?: string;
  kyvernoValues?: string[];
  policies?: string;
  priorityClasses?: string;
  workloads?: string;
  set?: string[];
  pods?: number;
}

/** The flags that say what is in the cluster under test; `run` and `up` take the same. */
export function withProfileOptions(command: Command): Command {
  return command
    .option('--profile <name|file>', 'what is in the cluster: a built-in profile or your own YAML file')
    .option('--kyverno-values <file...>', 'helm values over the profile’s, as for helm --values')
    .option('--policies <dir|file>', 'your policies instead of the profile’s')
    .option('--priority-classes <file>', 'your PriorityClasses, merged by name over the profile’s')
    .option('--workloads <dir|file>', 'your workloads, budgets and quotas instead of the profile’s')
    .option('--set <path=value...>', 'set one field of the profile, e.g. workloads.encoding.encodeSeconds=5')
    .option('--pods <n>', 'segments of the encoding Job, one pod each', positive);
}

export function positive(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n <= 0) throw new InvalidArgumentError('expected a whole number above 0.');
  return n;
}
