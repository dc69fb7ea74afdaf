import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FalldownError } from '../../../harness/errors.ts';
import { type Credentials, credentialsFrom, kubeconfigText, withToken } from '../../../harness/kube/credentials.ts';
import { plainCredentials } from '../../../harness/kube/plain-kubeconfig.ts';
import { failureOf } from './fake-api.ts';

describe('credentials', function () {
  // @kubernetes/client-node takes a second to load.
  this.timeout(20_000);
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-credentials-'));
    file = join(dir, 'kubeconfig');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const base: Credentials = {
    cluster: 'test',
    server: 'https://127.0.0.1:6443',
    user: 'admin',
    headers: {},
    tls: { ca: 'CA\n', cert: 'CERT\n', key: 'KEY\n' },
  };
  const roundTrip = (credentials: Credentials) => {
    writeFileSync(file, kubeconfigText(credentials, 'c1'));
    return credentialsFrom(file);
  };

  it('come back the same through a kubeconfig, with a certificate', async () => {
    expect(await roundTrip(base)).to.deep.equal(base);
  });

  it('come back the same with a token', async () => {
    const { headers, ...rest } = await roundTrip(withToken(base, 'oncall', 'a.b.c'));
    expect(rest).to.deep.equal({ cluster: 'test', server: base.server, user: 'oncall', tls: { ca: 'CA\n' } });
    expect(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v])).to.deep.equal([
      ['authorization', 'Bearer a.b.c'],
    ]);
    // … and once more: what came out of a kubeconfig can be written into one.
    writeFileSync(file, kubeconfigText({ ...rest, headers }, 'c1'));
    expect((await credentialsFrom(file)).headers).to.deep.equal(headers);
  });

  it('come back the same for a server that is not to be verified, or goes by another name', async () => {
    const insecure: Credentials = { ...base, tls: { cert: 'C', key: 'K', rejectUnauthorized: false } };
    expect(await roundTrip(insecure)).to.deep.equal(insecure);
    const tunnelled: Credentials = { ...base, tls: { ...base.tls, servername: 'api.internal' } };
    expect(await roundTrip(tunnelled)).to.deep.equal(tunnelled);
  });

  for (const [what, change] of [
    ['a plugin', { user: { exec: { command: 'aws' } } }],
    ['a file with a token', { user: { tokenFile: '/var/run/token' } }],
    ['a proxy', { cluster: { 'proxy-url': 'http://127.0.0.1:3128' } }],
    ['a certificate twice', { user: { 'client-certificate': '/pki/admin.crt' } }],
  ] as const) {
    it(`are left to the library in a kubeconfig with ${what}`, () => {
      const config = JSON.parse(kubeconfigText(base, 'c1'));
      if ('user' in change) Object.assign(config.users[0].user, change.user);
      else Object.assign(config.clusters[0].cluster, change.cluster);
      writeFileSync(join(dir, 'admin.crt'), 'CERT');
      writeFileSync(file, JSON.stringify(config).replace('/pki/admin.crt', 'admin.crt'));
      expect(plainCredentials(file)).to.equal(undefined);
    });
  }

  it('are read from the files that a kubeconfig names, from its own folder on', async () => {
    const config = JSON.parse(kubeconfigText(base, 'c1'));
    config.users[0].user = { 'client-certificate': 'pki/admin.crt', 'client-key': join(dir, 'pki/admin.key') };
    mkdirSync(join(dir, 'pki'));
    writeFileSync(join(dir, 'pki/admin.crt'), 'CERT\n');
    writeFileSync(join(dir, 'pki/admin.key'), 'KEY\n');
    writeFileSync(file, JSON.stringify(config));
    expect(plainCredentials(file)).to.deep.equal(base);
  });

  it('are the same whether the library reads them or not', async () => {
    writeFileSync(file, kubeconfigText(base, 'c1'));
    const config = JSON.parse(kubeconfigText(base, 'c1'));
    // Something that only the library knows, and that changes nothing.
    config.clusters[0].cluster['disable-compression'] = false;
    const other = join(dir, 'other');
    writeFileSync(other, JSON.stringify(config));
    expect(plainCredentials(other)).to.equal(undefined);
    expect(await credentialsFrom(other)).to.deep.equal(plainCredentials(file));
  });

  it('of one with a token hold nothing of the other’s certificate', () => {
    expect(withToken(base, 'x', 't').tls).to.deep.equal({ ca: 'CA\n' });
    expect(base.tls).to.have.keys('ca', 'cert', 'key');
  });

  for (const [what, text] of [
    ['is not there', undefined],
    ['is no YAML', '{ a: ['],
    ['has no current context', 'apiVersion: v1\nkind: Config\nclusters: []\n'],
    [
      'names a certificate that is not there',
      kubeconfigText(base, 'c').replace(/"client-certificate-data": ".*"/, '"client-certificate": "/nowhere/cert"'),
    ],
  ] as const) {
    it(`are refused with the file’s name when it ${what}`, async () => {
      if (text !== undefined) writeFileSync(file, text);
      const error = await failureOf(credentialsFrom(file));
      expect(error).to.be.instanceOf(FalldownError);
      expect((error as FalldownError).code).to.equal('KUBECONFIG_UNREADABLE');
      expect(error.message).to.include(file);
    });
  }
});
