import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

const LIMIT_MILLISECONDS = 2000;

/**
 * Asks the system to run the calling thread as soon as it has something to do, ahead of all that is scheduled ordinarily
 * (SCHED_RR, at the lowest of its priorities): where every CPU is busy, what a sampler itself waits for one would pass for
 * latency of the API server. What the thread starts is scheduled ordinarily again. Best effort: false without chrt
 * (util-linux), and where neither CAP_SYS_NICE nor an RLIMIT_RTPRIO allows it.
 */
export function askForRealTime(): boolean {
  try {
    // Not the asynchronous form, which would be told of the thread that reads it.
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1) ?? '';
    const own = ['--rr', '--reset-on-fork', '--pid', '1', thread];
    execFileSync('chrt', own, { stdio: 'ignore', timeout: LIMIT_MILLISECONDS });
    return true;
  } catch {
    return false;
  }
}
