import { type ChildProcess, spawn } from 'node:child_process';
import { expect } from 'chai';
import { processControl } from '../../../clusters/providers/embedded/process-control.ts';
import { CLUSTER_MARK } from '../../../harness/processes.ts';
import { isStopped } from '../../is-stopped.ts';
import { until } from '../../until.ts';
import { failureOf } from '../kube/fake-api.ts';

const CLUSTER = `hold-test-${process.pid}`;

describe('process control of embedded clusters', () => {
  let etcd: ChildProcess;
  const control = processControl({
    cluster: CLUSTER,
    // Any binary will do.
    binaries: { etcd: '/bin/sleep', kyverno: '/bin/true' },
    admin: () => Promise.reject(new Error('not asked for')),
  });
  beforeEach(async () => {
    etcd = spawn('/bin/sleep', ['60'], { env: { ...process.env, [CLUSTER_MARK]: CLUSTER }, stdio: 'ignore' });
    await until(() => !isStopped(etcd.pid));
  });
  afterEach(() => {
    etcd.kill('SIGKILL');
  });

  it('stops the processes of a component and lets them go on', async () => {
    const release = await control.pause('etcd');
    // A signal takes effect when the kernel next looks at the process, which `kill` does not wait for.
    await until(() => isStopped(etcd.pid));
    await release();
    await until(() => !isStopped(etcd.pid));
  });

  it('leaves it a share of the time', async () => {
    const release = await control.throttle('etcd', 0.5);
    await until(() => isStopped(etcd.pid));
    await until(() => !isStopped(etcd.pid));
    await until(() => isStopped(etcd.pid));
    await release();
    await until(() => !isStopped(etcd.pid));
  });

  it('says so when there is no such process', async () => {
    expect((await failureOf(control.pause('gatekeeper'))).message).to.contain('has no process of gatekeeper');
  });
});
