import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Container, V1ContainerState } from '@kubernetes/client-node';
import { expect } from 'chai';
import { CannotStart, type CommandLine } from '../../../clusters/providers/embedded/agent/command.ts';
import { Container } from '../../../clusters/providers/embedded/agent/container.ts';
import { identityOf } from '../../../harness/processes.ts';
import { until } from '../../until.ts';

describe('node agent: container', () => {
  let dir: string;
  let log: { op: string; [detail: string]: unknown }[];
  let events: string[];
  /** The state and whether it had ended for good, each time that the pod's status was to show it. */
  let shown: { state: V1ContainerState; restarts: number; exitCode: number | undefined }[];
  let container: Container;
  let server: Server | undefined;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-container-'));
    [log, events, shown, server] = [[], [], [], undefined];
  });
  afterEach(async () => {
    await container.stop(0);
    server?.close();
    server?.closeAllConnections();
    rmSync(dir, { recursive: true, force: true });
  });

  /** A container whose process is this shell script. */
  const make = (
    script: string,
    policy: 'Always' | 'OnFailure' | 'Never' = 'Always',
    spec: Partial<V1Container> = {},
    command: () => Promise<CommandLine> = async () => ({
      file: 'sh',
      args: ['-c', script],
      env: { GREETING: 'hello' },
    }),
  ) => {
    container = new Container({ name: 'c', image: 'i', ...spec }, '127.0.0.1', join(dir, 'c.log'), policy, {
      command,
      changed: () => {
        const { state = {}, restartCount } = container.status;
        shown.push({ state, restarts: restartCount, exitCode: container.exitCode });
      },
      log: (op, detail) => log.push({ op, ...detail }),
      event: (_type, reason, message) => events.push(`${reason} ${message}`),
    });
    return container.run();
  };
  const ops = () => log.map(({ op }) => op);
  const started = () => until(() => ops().includes('started'));
  const states = () => shown.map(({ state }) => Object.keys(state)[0]);

  it('runs once under policy Never, and keeps its output in its log', async () => {
    await make('echo $GREETING; exit 3', 'Never');
    expect(container.exitCode).to.equal(3);
    expect(container.status.restartCount).to.equal(0);
    expect(container.status.state?.terminated).to.include({ exitCode: 3, reason: 'Error' });
    expect(readFileSync(join(dir, 'c.log'), 'utf8')).to.equal('hello\n');
    expect(ops()).to.deep.equal(['started', 'exited']);
  });

  it('runs until it succeeds under OnFailure', async () => {
    await make(`test -e ${dir}/second || { touch ${dir}/second; exit 1; }`, 'OnFailure');
    expect(container.exitCode).to.equal(0);
    expect(container.status.restartCount).to.equal(1);
    expect(container.status.lastState?.terminated).to.include({ exitCode: 1 });
  });

  it('restarts at once, then after 10 s, and shows that it waits', async () => {
    void make('exit 7');
    await until(() => container.status.state?.waiting?.reason === 'CrashLoopBackOff');
    expect(container.status.restartCount).to.equal(1);
    expect(container.status.state?.waiting?.message).to.include('10s');
    expect(container.status.lastState?.terminated).to.include({ exitCode: 7 });
    expect(ops()).to.deep.equal(['started', 'exited', 'started', 'exited']);
    expect(events.some((e) => e.startsWith('BackOff'))).to.equal(true);
  });

  it('never shows an end for good while it is going to be restarted', async () => {
    void make('exit 7');
    await until(() => container.status.state?.waiting?.reason === 'CrashLoopBackOff');
    expect(states()).to.include.members(['running', 'terminated', 'waiting']);
    expect(shown.map(({ exitCode }) => exitCode).filter((code) => code !== undefined)).to.deep.equal([]);
  });

  it('keeps the first and the last lines of what died on its own', async () => {
    await make('for i in $(seq 1 40); do echo line $i; done; exit 1', 'Never');
    const last = Array.from({ length: 12 }, (_, i) => `line ${29 + i}`);
    expect(String(log.at(-1)?.output).split('\n')).to.deep.equal(['line 1', 'line 2', '…', ...last]);
  });

  it('keeps of each run what that run said', async () => {
    const running = make(`echo x >> ${dir}/n; echo run $(wc -l < ${dir}/n); exit 1`);
    await until(() => log.length === 4);
    expect(log.map(({ output }) => output)).to.deep.equal([undefined, 'run 1', undefined, 'run 2']);
    await container.stop(0);
    await running;
  });

  it('says nothing of the output of what ended well or was stopped', async () => {
    await make('echo fine', 'Never');
    expect(log.at(-1)).to.include({ op: 'exited', exitCode: 0 }).and.not.have.property('output');
  });

  it('stops with SIGTERM, and the process may use its grace', async () => {
    const running = make(`trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done`);
    await until(() => readFileSync(join(dir, 'c.log'), { encoding: 'utf8', flag: 'a+' }).includes('up'));
    await container.stop(10);
    await running;
    expect(readFileSync(join(dir, 'c.log'), 'utf8')).to.equal('up\nbye\n');
    expect(log.filter(({ op }) => op === 'signalled').map(({ signal }) => signal)).to.deep.equal(['SIGTERM']);
    expect(container.exitCode).to.equal(0);
  });

  it('kills what outlasts its grace', async () => {
    const running = make(`trap '' TERM; echo up; while :; do sleep 0.05; done`);
    await until(() => readFileSync(join(dir, 'c.log'), { encoding: 'utf8', flag: 'a+' }).includes('up'));
    const pid = Number(log[0]?.pid);
    const begun = Date.now();
    await container.stop(0.3);
    expect(Date.now() - begun).to.be.within(250, 5_000);
    expect(identityOf(pid)).to.equal(undefined);
    await running;
    expect(log.filter(({ op }) => op === 'signalled').map(({ signal }) => signal)).to.deep.equal([
      'SIGTERM',
      'SIGKILL',
    ]);
    expect(container.exitCode).to.equal(137);
  });

  it('kills at once without grace, and once', async () => {
    const running = make('sleep 60');
    await started();
    await container.stop(0);
    await running;
    expect(log.filter(({ op }) => op === 'signalled').map(({ signal }) => signal)).to.deep.equal(['SIGKILL']);
  });

  it('heeds a second stop with less grace', async () => {
    const running = make(`trap '' TERM; while :; do sleep 0.05; done`);
    await started();
    const first = container.stop(60);
    await container.stop(0);
    await Promise.all([first, running]);
  });

  it('never starts what was stopped while its command was being made', async () => {
    const ready = Promise.withResolvers<void>();
    const running = make('', 'Always', {}, async () => {
      await ready.promise;
      return { file: 'touch', args: [join(dir, 'started')], env: {} };
    });
    await container.stop(1);
    ready.resolve();
    await running;
    expect(ops()).to.deep.equal([]);
    expect(() => readFileSync(join(dir, 'started'))).to.throw('ENOENT');
  });

  it('waits in its own words when it cannot be started, and that is no restart', async () => {
    const running = make('', 'Never', {}, () => Promise.reject(new CannotStart('ErrImageNeverPull', 'no binary')));
    await until(() => events.length > 0);
    expect(container.status.state).to.deep.equal({ waiting: { reason: 'ErrImageNeverPull', message: 'no binary' } });
    expect(container.exitCode).to.equal(undefined);
    await container.stop(1);
    await running;
    expect(container.status).to.deep.include({ restartCount: 0, lastState: {} });
  });

  it('waits with RunContainerError when there is no such program', async () => {
    void make('', 'Always', {}, async () => ({ file: join(dir, 'none'), args: [], env: {} }));
    await until(() => events.length > 0);
    expect(container.status.state?.waiting).to.include({ reason: 'RunContainerError' });
  });

  describe('with probes', () => {
    let answers: Record<string, number>;
    const probed = async (spec: (port: number) => Partial<V1Container>) => {
      answers = {};
      server = createServer((request, response) => {
        response.writeHead(answers[request.url ?? ''] ?? 503).end();
      }).listen(0, '127.0.0.1');
      await until(() => server?.listening);
      return make('sleep 60', 'Always', spec((server.address() as AddressInfo).port));
    };
    const get = (path: string, port: number, more: object = {}) => ({
      httpGet: { path, port },
      periodSeconds: 0.05,
      ...more,
    });

    it('is ready when its readiness probe says so, and no longer', async () => {
      const running = probed((port) => ({ readinessProbe: get('/ready', port, { failureThreshold: 2 }) }));
      await started();
      expect(container.ready).to.equal(false);
      answers['/ready'] = 200;
      await until(() => container.ready);
      answers['/ready'] = 500;
      await until(() => !container.ready);
      expect(ops()).to.deep.equal(['started', 'ready', 'unready']);
      expect(events.at(-1)).to.include('Readiness probe failed: HTTP probe failed with statuscode: 500');
      await container.stop(0);
      await running;
    });

    it('is not ready, nor probed otherwise, before its startup probe', async () => {
      const running = probed((port) => ({
        startupProbe: get('/startup', port, { failureThreshold: 100 }),
        readinessProbe: get('/ready', port),
        livenessProbe: get('/live', port, { failureThreshold: 1 }),
      }));
      answers['/ready'] = 200;
      await started();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(container.status).to.include({ ready: false, started: false, restartCount: 0 });
      expect(ops()).to.deep.equal(['started']);
      answers['/live'] = 200;
      answers['/startup'] = 200;
      await until(() => container.ready);
      expect(container.status.started).to.equal(true);
      await container.stop(0);
      await running;
    });

    it('is restarted when its liveness probe fails', async () => {
      const running = probed((port) => ({ livenessProbe: get('/live', port, { failureThreshold: 2 }) }));
      await until(() => container.status.restartCount === 1);
      expect(events.join()).to.include('Liveness probe failed').and.include('will be restarted');
      await container.stop(0);
      await running;
    });

    it('is ready at once without a readiness probe', async () => {
      const running = make('sleep 60');
      await started();
      expect(container.ready).to.equal(true);
      await container.stop(0);
      await running;
      expect(container.ready).to.equal(false);
    });
  });
});
