import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { processControl } from '../../../clusters/providers/kind/process-control.ts';
import { isStopped } from '../../is-stopped.ts';
import { until } from '../../until.ts';
import { failureOf } from '../kube/fake-api.ts';

describe('process control of kind clusters', () => {
  let dir: string;
  let path: string | undefined;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-docker-'));
    // A docker that writes down what it was asked; in the node `w2` nothing runs.
    writeFileSync(
      join(dir, 'docker'),
      `#!/bin/bash\necho "$1 $2 $3 $4 $5 $6 $7 $8" | tr '\\n' ' ' >> ${dir}/asked; echo >> ${dir}/asked\n[ "$2" != w2 ]\n`,
    );
    chmodSync(join(dir, 'docker'), 0o755);
    path = process.env.PATH;
    process.env.PATH = `${dir}:${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(dir, { recursive: true, force: true });
  });
  const asked = () => readFileSync(join(dir, 'asked'), 'utf8').trim().split('\n');

  it('stops etcd in the node of the control plane, and lets it go on', async () => {
    const release = await processControl('cp', ['w1']).pause('etcd');
    expect(asked()).to.have.length(1);
    expect(asked()[0]).to.match(/^exec cp sh -c .*kill -STOP.* etcd/);
    await release();
    expect(asked()[1]).to.match(/^exec cp sh -c .*kill -CONT.* etcd/);
  });

  it('stops the gatekeeper on whichever worker has it; on none is a failure', async () => {
    const release = await processControl('cp', ['w2', 'w1']).pause('gatekeeper');
    expect(asked().map((line) => line.split(' ')[1])).to.deep.equal(['w2', 'w1']);
    await release();
    expect((await failureOf(processControl('cp', ['w2']).pause('gatekeeper'))).message).to.contain(
      'could not pause gatekeeper',
    );
  });

  it('makes the gatekeeper slow: it is stopped for as long, again and again, and runs on when it is over', async () => {
    const gatekeeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      // A docker whose nodes are this machine, and a pidof that knows one gatekeeper.
      writeFileSync(join(dir, 'docker'), '#!/bin/bash\nshift 3; exec "$@"\n');
      writeFileSync(join(dir, 'pidof'), `#!/bin/bash\necho ${gatekeeper.pid}\n`);
      chmodSync(join(dir, 'pidof'), 0o755);
      const seen = new Set<boolean>();
      const release = await processControl('cp', ['w1', 'w3']).delay(
        { namespace: 'kyverno', name: 'kyverno-svc' },
        0.3,
      );
      await until(() => seen.add(isStopped(gatekeeper.pid)).size === 2);
      await release();
      await until(() => !isStopped(gatekeeper.pid));
    } finally {
      gatekeeper.kill('SIGKILL');
    }
  });

  it('cannot make a gatekeeper slow that is not there', async () => {
    writeFileSync(join(dir, 'docker'), '#!/bin/bash\nshift 3; exec "$@"\n');
    writeFileSync(join(dir, 'pidof'), '#!/bin/bash\nexit 1\n');
    chmodSync(join(dir, 'pidof'), 0o755);
    const failure = await failureOf(
      processControl('cp', ['w1']).delay({ namespace: 'kyverno', name: 'kyverno-svc' }, 2),
    );
    expect(failure.message).to.contain('could not make the gatekeeper slow');
  });

  it('limits the cores of the control plane, and gives it all of them back', async () => {
    const release = await processControl('cp', []).throttle('kube-apiserver', 0.05);
    expect(asked()[0]?.trim()).to.equal('update --cpus 0.05 cp');
    await release();
    expect(asked()[1]).to.match(/^update --cpus \d+ cp/);
  });
});
