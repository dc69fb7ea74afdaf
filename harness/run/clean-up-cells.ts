import type { CleanUp } from '../people/clean-up.ts';
import type { CellSpec, CellStart } from './matrix.ts';

/** One or more clean-ups of the encoding Job, one after the other. */
export interface CleanUpCell extends CellSpec {
  waves: readonly CleanUp[];
  /** The gatekeeper is gone; in the end its rules are deleted. */
  gone: boolean;
  /** False: with the trigger gone it has still not settled after a minute and a half. */
  settles?: boolean;
  /** What is expected of what was cleaned up. */
  then: 'comes back' | 'stays away' | 'is refused' | 'cannot go';
}

/** A gatekeeper that was put back to a checkpoint starts anew. */
const BACK_WITHIN_SECONDS = 60;

/** The encoding Job with something over its spec, and all of its pods. */
function launched(name: string, title: string, jobSpec: Record<string, unknown> = {}): CellStart {
  return {
    name,
    title,
    profile: ({ workloads, ...profile }) => {
      const { encoding } = workloads;
      const spec = { ...encoding.jobSpec, ...jobSpec };
      return { ...profile, workloads: { ...workloads, encoding: { ...encoding, jobSpec: spec } } };
    },
    prepare: async (world) => {
      await world.gatekeeperEnforces(BACK_WITHIN_SECONDS);
      await world.fanOut.launch();
      await world.fanOut.created(1);
      await world.boomerang.placed();
    },
  };
}

/** The one that Kubernetes has by default; falldown's own Job counts for each segment apart, as its team relies on retries. */
const LIMIT = { backoffLimit: 6, backoffLimitPerIndex: null };
const usual = launched('usual-job', 'the encoding Job as its team wrote it');
const limited = launched('limited-job', 'a Job that may fail six times', LIMIT);
const forgiving = launched('forgiving-job', 'the same, but disruptions do not count (podFailurePolicy)', {
  ...LIMIT,
  podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
});

/** As in the incident: the gatekeeper goes in the middle of a larger fan-out, and then its trigger goes, too. */
const withoutGatekeeper: CellStart = {
  name: 'gatekeeper-gone',
  title: 'the gatekeeper is evicted in the middle of a fan-out four times as large; the security service is withdrawn',
  profile: ({ workloads, ...profile }) => {
    const { encoding } = workloads;
    return { ...profile, workloads: { ...workloads, encoding: { ...encoding, pods: encoding.pods * 4 } } };
  },
  prepare: async (world) => {
    await world.gatekeeperEnforces(BACK_WITHIN_SECONDS);
    await world.fanOut.launch();
    await world.fanOut.created(1 / 16);
    await world.collision.inject();
    await world.gatekeeperGone(world.profile.timings.preemptionWithinSeconds);
    await world.collision.revert();
    await world.wayOut.deadlocked(30);
  },
};

const up = (start: CellStart, name: string, title: string, then: CleanUpCell['then'], ...waves: CleanUp[]) => ({
  ...{ name, title, start, then, waves },
  gone: false,
});
const down = (name: string, title: string, then: CleanUpCell['then'], ...waves: CleanUp[]) => ({
  ...{ name: `gone-${name}`, title: `${title}, with no gatekeeper`, start: withoutGatekeeper, then, waves },
  gone: true,
});

/** F11: what people try, with the gatekeeper there and with it gone, and on Jobs that are written differently. */
export const cleanUpCells: readonly CleanUpCell[] = [
  up(usual, 'pods-deleted', 'delete every pod, twice', 'comes back', 'delete-pods', 'delete-pods'),
  up(usual, 'job-background', 'delete the Job, its pods in the background', 'stays away', 'delete-job-background'),
  up(usual, 'job-foreground', 'delete the Job, its pods first', 'stays away', 'delete-job-foreground'),
  up(usual, 'job-orphan', 'delete the Job, leave its pods', 'stays away', 'delete-job-orphan'),
  up(usual, 'job-suspended', 'suspend the Job, then resume it', 'comes back', 'suspend-job', 'resume-job'),
  up(limited, 'backoff-limit', 'evict every pod of a Job that may fail six times', 'stays away', 'evict-pods'),
  {
    ...up(forgiving, 'failure-policy', 'evict every pod of a Job that forgives it', 'stays away', 'evict-pods'),
    settles: false,
  },
  down('pods-deleted', 'delete every pod', 'is refused', 'delete-pods'),
  down('pods-evicted', 'evict every pod', 'cannot go', 'evict-pods'),
  down(
    'job-deleted',
    'delete the Job in each of the three ways',
    'is refused',
    'delete-job-background',
    'delete-job-foreground',
    'delete-job-orphan',
  ),
  down('job-suspended', 'suspend the Job', 'is refused', 'suspend-job'),
];
