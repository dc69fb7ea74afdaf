import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { DockerServer } from '../../../clusters/host/docker.ts';
import type { HostPaths } from '../../../clusters/host/paths.ts';
import { readRecord } from '../../../clusters/host/record.ts';
import { installRestrictedRuntime, isRestricted } from '../../../clusters/host/restricted-runtime.ts';
import { staysAfterUndo, tellUndo, undoSetup } from '../../../clusters/host/undo.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { FIT } from './facts.ts';

const CAPABILITIES = { bounding: ['CAP_KILL', 'CAP_SYS_RESOURCE'], effective: ['CAP_SYS_RESOURCE'], ambient: null };

describe('host setup: the restricted runtime', () => {
  let dir: string;
  let paths: HostPaths;
  let runc: string;
  const host = process.env.DOCKER_HOST;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-host-'));
    const at = (name: string) => join(dir, name);
    paths = {
      record: at('lib/host.json'),
      wrapper: at('runtime/runc-restricted'),
      daemonJson: at('etc/daemon.json'),
      sysctlFile: at('etc/60.conf'),
      dockerdLog: at('dockerd.log'),
    };
    runc = at('runc');
    writeFileSync(runc, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(runc, 0o755);
    process.env.DOCKER_HOST = `unix://${at('no.sock')}`;
  });
  afterEach(() => {
    if (host === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = host;
    rmSync(dir, { recursive: true });
  });
  const install = () => installRestrictedRuntime(['CAP_SYS_RESOURCE'], runc, paths);
  const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const configure = (value: unknown) => {
    mkdirSync(dirname(paths.daemonJson), { recursive: true });
    writeFileSync(paths.daemonJson, JSON.stringify(value));
  };

  describe('as a runtime', () => {
    before(function () {
      try {
        execFileSync('jq', ['--version']);
      } catch {
        this.skip();
      }
    });

    it('takes the capability out of a bundle, and out of nothing else, then runs runc as asked', () => {
      install();
      const args = ['sh', '-c', 'echo CAP_SYS_RESOURCE'];
      writeFileSync(join(dir, 'config.json'), JSON.stringify({ process: { args, capabilities: CAPABILITIES }, x: 1 }));
      const called = ['--log', '/l', 'create', '--bundle', dir, 'id'];
      expect(execFileSync(paths.wrapper, called, { encoding: 'utf8' }).trim().split('\n')).to.deep.equal(called);
      expect(json(join(dir, 'config.json'))).to.deep.equal({
        process: { args, capabilities: { bounding: ['CAP_KILL'], effective: [], ambient: null } },
        x: 1,
      });
    });

    for (const form of [['--process', 'FILE'], ['-p', 'FILE'], ['--process=FILE']]) {
      it(`… out of the process of an exec: ${form.join(' ')}`, () => {
        install();
        const file = join(dir, 'process.json');
        writeFileSync(file, JSON.stringify({ args: ['id'], capabilities: CAPABILITIES }));
        execFileSync(paths.wrapper, ['exec', ...form.map((word) => word.replace('FILE', file)), 'id']);
        expect(json(file).capabilities.bounding).to.deep.equal(['CAP_KILL']);
      });
    }

    it('passes on what has no bundle', () => {
      install();
      expect(execFileSync(paths.wrapper, ['delete', '--force', 'id'], { encoding: 'utf8' })).to.equal(
        'delete\n--force\nid\n',
      );
    });
  });

  it('leaves the rest of Docker’s configuration alone, twice over, and gives it back', async () => {
    const before = { 'data-root': '/d', 'default-runtime': 'nvidia', runtimes: { nvidia: { path: '/n' } } };
    configure(before);
    install();
    install();
    expect(json(paths.daemonJson)).to.deep.equal({
      ...before,
      'default-runtime': 'falldown-restricted',
      runtimes: { nvidia: { path: '/n' }, 'falldown-restricted': { path: paths.wrapper } },
    });
    const made = readRecord(paths.record);
    expect(made).to.deep.include({ files: [paths.wrapper], docker: { existed: true, defaultRuntime: 'nvidia' } });
    await undoSetup(made as never, paths, AbortSignal.timeout(10_000));
    expect(json(paths.daemonJson)).to.deep.equal(before);
    expect([paths.wrapper, paths.record].map((path) => existsSync(path))).to.deep.equal([false, false]);
  });

  it('removes a configuration that it made, but not what somebody added since', async () => {
    install();
    const made = readRecord(paths.record) as never;
    expect(tellUndo(made, paths)).to.have.length(2);
    configure({ ...json(paths.daemonJson), debug: true });
    await undoSetup(made, paths, AbortSignal.timeout(10_000));
    expect(json(paths.daemonJson)).to.deep.equal({ debug: true });
    rmSync(paths.daemonJson);
    install();
    await undoSetup(readRecord(paths.record) as never, paths, AbortSignal.timeout(10_000));
    expect(existsSync(paths.daemonJson)).to.equal(false);
  });

  it('does not touch a configuration that does not parse', () => {
    mkdirSync(dirname(paths.daemonJson), { recursive: true });
    writeFileSync(paths.daemonJson, '{"debug": true,}');
    expect(install).to.throw(FalldownError).with.property('code', 'DOCKER_CONFIG_INVALID');
    expect(readFileSync(paths.daemonJson, 'utf8')).to.equal('{"debug": true,}');
    expect([paths.wrapper, paths.record].map((path) => existsSync(path))).to.deep.equal([false, false]);
  });

  it('is known from the daemon that runs, else from the configuration', () => {
    const silent = { state: 'silent' as const, endpoint: 'unix:///s' };
    expect(isRestricted(silent, paths)).to.equal(false);
    install();
    expect(isRestricted(silent, paths)).to.equal(true);
    // A daemon that has not read its configuration since.
    const answers = FIT.docker;
    expect(isRestricted(answers, paths)).to.equal(false);
    const server = { ...answers.server, defaultRuntime: 'falldown-restricted' } as DockerServer;
    expect(isRestricted({ ...answers, server }, paths)).to.equal(true);
    rmSync(paths.wrapper);
    expect(isRestricted(silent, paths)).to.equal(false);
  });

  it('says which packages stay', () => {
    const made = { packages: ['docker.io', 'runc'], files: [], sysctls: {} };
    expect(staysAfterUndo(made)[0]).to.include('apt-get remove docker.io runc');
    expect(staysAfterUndo({ ...made, packages: [] })).to.deep.equal([]);
  });
});
