import { expect } from 'chai';
import { judgeHost } from '../../../harness/cli/host-checks.ts';
import type { HostFacts } from '../../../harness/cli/host-facts.ts';
import { falldown, Home } from './falldown.ts';

const disk = (path: string, freeBytes: number) => ({ path, freeBytes, writable: true });
const fit: HostFacts = {
  provider: [],
  procReadable: true,
  loopback: true,
  port443: true,
  binaries: [{ component: 'etcd', version: '3.6.8', way: 'here' }],
  cacheDisk: disk('/c', 1e9),
  stateDisk: disk('/s', 1e9),
  availableBytes: 8e9,
  openFiles: 20_000,
};
const build = { component: 'kwok', version: '0.8.0', way: 'build' } as const;

describe('host check', function () {
  this.timeout(20_000);

  it('finds nothing wrong with a host that has everything', () => {
    expect(judgeHost(fit).map((line) => line.state)).to.deep.equal(Array(9).fill('ok'));
  });

  const CASES: [string, Partial<HostFacts>, string, 'missing' | 'warn' | 'ok', RegExp][] = [
    ['another system', { provider: [{ what: 'Linux', remedy: 'a VM' }] }, 'platform', 'missing', /Linux/],
    ['no /proc', { procReadable: false }, '/proc', 'missing', /not readable/],
    ['no loopback', { loopback: false }, 'loopback', 'missing', /cannot/],
    ['binaries to build', { binaries: [build], cacheDisk: disk('/c', 4e9) }, 'binaries', 'warn', /0 of 1.*1 to build/],
    [
      'no way to a binary',
      { binaries: [{ ...build, way: 'none', reason: 'go is not on PATH' }] },
      'binaries',
      'missing',
      /kwok 0.8.0: go is not on PATH/,
    ],
    [
      'a small disk to build on',
      { binaries: [build], cacheDisk: disk('/c', 2.9e9) },
      'cache disk',
      'missing',
      /3.0 GB/,
    ],
    ['the same disk with all cached', { cacheDisk: disk('/c', 2.9e9) }, 'cache disk', 'ok', /0.5 GB/],
    ['a full state disk', { stateDisk: disk('/s', 0.4e9) }, 'state disk', 'missing', /0.4 GB free/],
    ['a read-only state', { stateDisk: { ...disk('/s', 9e9), writable: false } }, 'state disk', 'missing', /written/],
    ['little memory', { availableBytes: 2e9 }, 'memory', 'warn', /2.0 GB/],
    ['too little memory', { availableBytes: 1e9 }, 'memory', 'missing', /1.0 GB/],
    ['a low limit of files', { openFiles: 1024 }, 'open files', 'missing', /1024/],
    ['an unknown limit of files', { openFiles: undefined }, 'open files', 'warn', /not known/],
    ['no right to port 443', { port443: false }, 'webhook port', 'ok', /8443/],
  ];
  for (const [what, facts, check, state, seen] of CASES) {
    it(`meets ${what}: ${state}`, () => {
      const line = judgeHost({ ...fit, ...facts }).find((candidate) => candidate.check === check);
      expect(line?.state).to.equal(state);
      expect(line?.seen).to.match(seen);
      expect(line?.remedy !== undefined, 'has a remedy').to.equal(state !== 'ok');
    });
  }

  it('exits with 3 and a remedy when a binary cannot be had, and changes nothing', async () => {
    const home = new Home();
    try {
      const env = {
        ...home.env,
        XDG_CACHE_HOME: `${home.dir}/cache`,
        FALLDOWN_TOOLCHAIN: 'cache',
        NODE_COMPILE_CACHE: `${home.dir}/node`,
      };
      const { code, stdout, stderr } = await falldown(['host', 'check'], env);
      expect(code).to.equal(3);
      expect(stdout)
        .to.match(/^missing {2}binaries .*etcd/m)
        .and.to.include('remedy: install Go');
      expect(stderr).to.include('this host cannot run embedded clusters');
      const { existsSync } = await import('node:fs');
      expect([existsSync(home.state), existsSync(env.XDG_CACHE_HOME)]).to.deep.equal([false, false]);
    } finally {
      home.close();
    }
  });

  it('gives the same lines as JSON', async () => {
    const { code, stdout } = await falldown(['host', 'check', '-o', 'json'], { FALLDOWN_TOOLCHAIN: 'cache' });
    const lines = JSON.parse(stdout) as { state: string }[];
    expect(lines).to.have.length(9);
    expect(code).to.equal(lines.some((line) => line.state === 'missing') ? 3 : 0);
  });
});
