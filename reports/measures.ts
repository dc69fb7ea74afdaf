import type { Measures } from './result.ts';
import { bytes, duration, grouped } from './words.ts';

/** The measures of one experiment as pairs of a name and a value for people; null measures are left out. */
export function measureRows(m: Measures): [string, string][] {
  const rows: [string, string | null][] = [
    ['Pods requested', number(m.podsRequested)],
    ['Pods created', number(m.podsCreated)],
    ['Pods succeeded', number(m.podsSucceeded)],
    ['Pods created per second', number(m.podsPerSecond)],
    ['Segments lost', number(m.segmentsLost)],
    ['Segments encoded more than once', number(m.segmentsRepeated)],
    ['Time without a gatekeeper', time(m.gatekeeperOutageSeconds)],
    ['Requests refused because its webhook did not answer', number(m.refusedRequests)],
    ['… deletions among them', number(m.refusedDeletes)],
    ['Healed by itself once the trigger was gone', m.selfHealed === null ? null : m.selfHealed ? 'yes' : 'no'],
    ['Watched for that long after the trigger was gone', time(m.holdSeconds)],
    ['Recovery', time(m.timeToRecoverSeconds)],
    ['Cluster ready', time(m.clusterReadySeconds)],
    ['Getting the binaries', time(m.toolchainSeconds)],
    ['Memory of the harness, at most', m.harness === null ? null : bytes(m.harness.maxRssBytes)],
    ['Event-loop delay of the harness, p99', time(m.harness?.eventLoopDelayP99 ?? null)],
    ['CPU time of the API sampler', time(m.sampler?.cpuSeconds ?? null)],
    ['Event-loop delay of the API sampler, p99', time(m.sampler?.eventLoopDelayP99 ?? null)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

function number(n: number | null): string | null {
  return n === null ? null : grouped(n);
}

function time(seconds: number | null): string | null {
  return seconds === null ? null : duration(seconds);
}
