import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

const LIMIT_MILLISECONDS = 2000;

/**
 * Asks the system to run the calling thread as soon as it has something to do, ahead of all that is scheduled ordinarily
 * (SCHED_RR, at the lowest of its priorities): where every CPU is busy, what a sampler itself waits for one would pass for
 * latency of the API server. What the thread starts is scheduled ordinarily again. Best effort: false without chrt
 * (util-linux), or where it takes root, CAP_SYS_NICE or an RLIMIT_RTPRIO that nobody granted.
 */
export async function askForRealTime(): Promise<boolean> {
  try {
    // Not the asynchronous form, which would be told of the thread that reads it.
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1) ?? '';
    await promisify(execFile)('chrt', ['--rr', '--reset-on-fork', '--pid', '1', thread], {
      timeout: LIMIT_MILLISECONDS,
    });
    return true;
  } catch {
    return false;
  }
}
