import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { V1Service } from '@kubernetes/client-node';
import { expect } from 'chai';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { EMBEDDED_COMPONENTS, embedded } from '../../clusters/providers/embedded/index.ts';
import { kyvernoChart } from '../../clusters/toolchain/chart.ts';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import { probePod, submitPod } from '../../harness/gatekeeper/enforcement.ts';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { processesOf } from '../../harness/processes.ts';

const BIN = fileURLToPath(new URL('../../bin/falldown.js', import.meta.url));
/** `nobody`: a user without a home, a shell or rights of its own. */
const NOBODY = 65534;
const { profile } = loadProfile({ profile: 'as-in-the-incident' });
const signal = new AbortController().signal;
const progress = { step: () => () => undefined, say: () => undefined };

interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('falldown as a user without rights', function () {
  this.timeout(120_000);
  const name = `nobodys-${process.pid}`;
  let home: string;
  let env: NodeJS.ProcessEnv;

  before(async function () {
    // Anybody else is such a user already, and runs all the other tests as one.
    if (process.getuid?.() !== 0) this.skip();
    home = mkdtempSync(join(tmpdir(), 'falldown-nobody-'));
    chmodSync(home, 0o755);
    const bin = join(home, 'bin');
    mkdirSync(bin);
    const { paths } = await ensure(EMBEDDED_COMPONENTS, { progress, signal });
    for (const [component, path] of paths) {
      try {
        linkSync(path, join(bin, component));
      } catch {
        // Another file system.
        copyFileSync(path, join(bin, component));
      }
    }
    cpSync(await kyvernoChart(profile.gatekeeper.kyverno, { signal }), join(home, 'chart'), { recursive: true });
    for (const folder of ['tmp', 'me']) {
      mkdirSync(join(home, folder));
      chownSync(join(home, folder), NOBODY, NOBODY);
    }
    env = {
      PATH: process.env.PATH,
      HOME: join(home, 'me'),
      TMPDIR: join(home, 'tmp'),
      FALLDOWN_BIN_DIR: bin,
      FALLDOWN_KYVERNO_CHART: join(home, 'chart'),
      FALLDOWN_TOOLCHAIN: 'cache',
      NO_COLOR: '1',
    };
  });
  after(async () => {
    if (home === undefined) return;
    // By its mark, whoever made it; its folder is in the home that goes.
    await embedded.down(name);
    rmSync(home, { recursive: true, force: true });
  });

  const falldown = (...args: string[]): Promise<Finished> =>
    new Promise((resolve) => {
      const options = { env, uid: NOBODY, gid: NOBODY, cwd: join(home, 'me') };
      const child = execFile(process.execPath, [BIN, ...args], options, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  const uidOf = (pid: number) => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

  it('makes a cluster that enforces, on a port that anybody may listen on, and takes it down', async () => {
    const up = await falldown('up', '--name', name, '--set', 'cluster.nodes.fake.count=2');
    expect(up, up.stderr).to.include({ code: 0 });
    const kubeconfig = /^export KUBECONFIG=(.+)$/m.exec(up.stdout)?.[1] as string;
    expect(kubeconfig).to.include(join(home, 'me'));
    const admin = new KubeClient(await credentialsFrom(kubeconfig));
    try {
      const path = pathOf('Service', { namespace: 'kyverno', name: 'kyverno-svc' });
      const { spec } = await admin.get<V1Service>(path);
      expect(spec?.ports?.map(({ port }) => port))
        .to.include(8443)
        .and.not.include(443);
      for (const [subject, answer] of [
        ['violating', 'refused'],
        ['good', 'admitted'],
      ] as const) {
        const pod = probePod(profile, subject, 'r');
        const told = await submitPod(admin, 'default', pod, subject, { dryRun: true, signal });
        expect(told, told.message).to.include({ answer });
      }
    } finally {
      await admin.close();
    }
    const pids = processesOf(name);
    expect(pids.length).to.be.above(5);
    expect([...new Set(pids.map(uidOf))]).to.deep.equal([NOBODY]);

    const down = await falldown('down', name);
    expect(down, down.stderr).to.include({ code: 0 });
    expect(processesOf(name)).to.deep.equal([]);
  });
});
