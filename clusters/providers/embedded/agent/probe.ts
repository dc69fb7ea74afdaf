import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1Probe } from '@kubernetes/client-node';

export interface ProbeChange {
  healthy: boolean;
  message: string;
}

/**
 * Runs one probe as the kubelet does: after its initial delay, every period, with its thresholds; calls `onChange`
 * when the verdict changes, and for each failure at or past the threshold (liveness acts on the first of these).
 */
export async function runProbe(
  probe: V1Probe,
  container: V1Container,
  host: string,
  startedAt: number,
  onChange: (change: ProbeChange) => void,
  signal: AbortSignal,
): Promise<void> {
  const period = (probe.periodSeconds ?? 10) * 1000;
  let successes = 0;
  let failures = 0;
  let healthy: boolean | undefined;
  // Counted from the container's start: a probe that a startup probe held back need not wait once more.
  await sleep(startedAt + (probe.initialDelaySeconds ?? 0) * 1000 - Date.now(), signal);
  while (!signal.aborted) {
    const problem = await attempt(probe, container, host, signal);
    if (signal.aborted) return;
    successes = problem === undefined ? successes + 1 : 0;
    failures = problem === undefined ? 0 : failures + 1;
    if (problem === undefined && healthy !== true && successes >= (probe.successThreshold ?? 1)) {
      healthy = true;
      onChange({ healthy, message: '' });
    } else if (problem !== undefined && failures >= (probe.failureThreshold ?? 3) && healthy !== false) {
      healthy = false;
      onChange({ healthy, message: problem });
    }
    await sleep(period, signal);
  }
}

/** One attempt; returns what was wrong, or nothing. */
export async function attempt(
  probe: V1Probe,
  container: V1Container,
  host: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet !== undefined) {
    const { scheme = 'HTTP', path = '/' } = probe.httpGet;
    const port = portOf(probe.httpGet.port, container);
    return httpGet(scheme, host, port, path, timeout, signal);
  }
  if (probe.tcpSocket !== undefined) return tcp(host, portOf(probe.tcpSocket.port, container), timeout);
  return 'only httpGet and tcpSocket probes exist on an embedded cluster';
}

function httpGet(scheme: string, host: string, port: number, path: string, timeout: number, signal: AbortSignal) {
  return new Promise<string | undefined>((resolve) => {
    const send = scheme === 'HTTPS' ? request : plainRequest;
    const req = send({ host, port, path, timeout, signal, rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      const code = answer.statusCode ?? 0;
      resolve(code >= 200 && code < 400 ? undefined : `HTTP probe failed with statuscode: ${code}`);
    });
    req.on('timeout', () => req.destroy(new Error(`no answer within ${timeout / 1000} s`)));
    req.on('error', (error) => resolve(`Get "${scheme.toLowerCase()}://${host}:${port}${path}": ${error.message}`));
    req.end();
  });
}

function tcp(host: string, port: number, timeout: number) {
  return new Promise<string | undefined>((resolve) => {
    const socket = connect({ host, port, timeout }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('timeout', () => socket.destroy(new Error(`no connection within ${timeout / 1000} s`)));
    socket.on('error', (error) => resolve(`dial tcp ${host}:${port}: ${error.message}`));
  });
}

function portOf(port: unknown, container: V1Container): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((p) => p.name === port);
  return named?.containerPort ?? Number(port);
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}
