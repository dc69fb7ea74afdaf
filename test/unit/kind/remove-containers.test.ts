import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { refuseStrangers, removeContainers } from '../../../clusters/providers/kind/docker.ts';
import { failureOf } from '../kube/fake-api.ts';

/** Looks at a container that is still being made: as many as its image takes to be copied. */
const LOOKS = 9;
const DOCKER = `#!/bin/sh
echo "$*" >>"$0.log"
case $1 in
  ps) if [ "$(grep -c '^ps' "$0.log")" -le ${LOOKS} ]; then echo c-worker; fi ;;
  rm) echo 'Error response from daemon: No such container: c-worker' >&2 ;;
  network) if [ "$2" = ls ]; then echo 1234; fi ;;
esac
`;

describe('kind: removing the containers of a cluster', () => {
  let dir: string;
  const path = process.env.PATH;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-docker-'));
    writeFileSync(join(dir, 'docker'), DOCKER);
    chmodSync(join(dir, 'docker'), 0o755);
    process.env.PATH = `${dir}:${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(dir, { recursive: true });
  });

  it('waits for one that Docker is still making: it is listed, but cannot be removed yet', async () => {
    await removeContainers('c');
    const calls = readFileSync(join(dir, 'docker.log'), 'utf8').trim().split('\n');
    expect(calls.filter((call) => call.startsWith('ps'))).to.have.length(LOOKS + 2);
    expect(calls.filter((call) => call === 'rm --force --volumes c-worker')).to.have.length(LOOKS);
    expect(calls.at(-1)).to.equal('network rm 1234');
  });

  it('is never come to for a cluster of that name that somebody else made: it is refused, and stays', async () => {
    const theirs = await failureOf(refuseStrangers('c'));
    expect(theirs).to.include({ code: 'CLUSTER_EXISTS', exitCode: 2 });
    expect(theirs.message).to.include('c-worker');
    const asked = readFileSync(join(dir, 'docker.log'), 'utf8').trim().split('\n');
    for (const call of asked) expect(call).to.match(/^(ps|network ls) /);
    writeFileSync(join(dir, 'docker'), '#!/bin/sh\nif [ "$1 $2" = "network ls" ]; then echo 1234; fi\n');
    expect((await failureOf(refuseStrangers('c'))).message).to.include('a Docker network c');
    writeFileSync(join(dir, 'docker'), '#!/bin/sh\n');
    await refuseStrangers('c');
  });
});
