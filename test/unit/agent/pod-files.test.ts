import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1EnvVar, V1Pod, V1Volume } from '@kubernetes/client-node';
import { expect } from 'chai';
import { CannotStart } from '../../../clusters/providers/embedded/agent/command.ts';
import {
  environmentOf,
  mountsOf,
  writeKubeconfig,
  writeVolumes,
} from '../../../clusters/providers/embedded/agent/pod-files.ts';
import { FakeApi, failureOf, json, status } from '../kube/fake-api.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('node agent: files and environment of a pod', () => {
  let dir: string;
  let api: FakeApi;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-files-'));
    const objects: Record<string, object> = {
      '/api/v1/namespaces/n/configmaps/settings': { data: { mode: 'strict' } },
      '/api/v1/namespaces/n/secrets/keys': { data: { token: base64('s3cret\n') } },
      '/api/v1/namespaces/n/serviceaccounts/robot/token': { status: { token: 'jwt' } },
    };
    api = await FakeApi.start(({ path }, response) =>
      objects[path] === undefined
        ? status(response, 404, 'NotFound', `${path} not found`)
        : json(response, objects[path]),
    );
  });
  afterEach(async () => {
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const pod = {
    metadata: { namespace: 'n', name: 'p', uid: 'u', labels: { app: 'a' }, annotations: { 'x/y': 'z' } },
    spec: { nodeName: 'real-0', serviceAccountName: 'robot' },
    status: { podIP: '10.53.128.1', hostIP: '10.0.0.1' },
  } as unknown as V1Pod;
  const env = (...entries: V1EnvVar[]) => environmentOf(api.client(), pod, { name: 'c', env: entries });
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const volumes = (...list: V1Volume[]) =>
    writeVolumes(api.client(), { ...pod, spec: { ...pod.spec, volumes: list } } as V1Pod, dir);

  it('takes literal values, keys of ConfigMaps and Secrets, and fields of the pod', async () => {
    expect(
      await env(
        { name: 'A', value: 'literal' },
        { name: 'B' },
        { name: 'C', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
        { name: 'D', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
        field('NAME', 'metadata.name'),
        field('NAMESPACE', 'metadata.namespace'),
        field('UID', 'metadata.uid'),
        field('NODE', 'spec.nodeName'),
        field('ACCOUNT', 'spec.serviceAccountName'),
        field('IP', 'status.podIP'),
        field('LABEL', "metadata.labels['app']"),
        field('NOTE', "metadata.annotations['x/y']"),
        field('NONE', "metadata.labels['none']"),
      ),
    ).to.deep.equal({
      A: 'literal',
      B: '',
      C: 'strict',
      D: 's3cret\n',
      NAME: 'p',
      NAMESPACE: 'n',
      UID: 'u',
      NODE: 'real-0',
      ACCOUNT: 'robot',
      IP: '10.53.128.1',
      LABEL: 'a',
      NOTE: 'z',
      NONE: '',
    });
  });

  const missing = { name: 'X', valueFrom: { configMapKeyRef: { name: 'settings', key: 'none' } } };
  for (const [what, entry] of [
    ['a key that is not there', missing],
    ['a field that is not to be had', field('X', 'status.qosClass')],
    ['a source that is not to be had', { name: 'X', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
  ] as [string, V1EnvVar][]) {
    it(`refuses ${what}, by name`, async () => {
      const error = (await failureOf(env(entry))) as CannotStart;
      expect(error).to.be.instanceOf(CannotStart);
      expect(error.reason).to.equal('CreateContainerConfigError');
      expect(error.message).to.match(/none|qosClass|"X"/);
    });
  }

  it('leaves out an optional key that is not there', async () => {
    const optional = {
      ...missing,
      valueFrom: { configMapKeyRef: { ...missing.valueFrom.configMapKeyRef, optional: true } },
    };
    expect(await env(optional)).to.deep.equal({});
  });

  it('refuses envFrom instead of starting without it', async () => {
    const from = environmentOf(api.client(), pod, { name: 'c', envFrom: [{ configMapRef: { name: 'settings' } }] });
    expect(await failureOf(from)).to.be.instanceOf(CannotStart);
  });

  it('makes volumes, readable by this user alone', async () => {
    const folders = await volumes(
      { name: 'tmp', emptyDir: {} },
      { name: 'conf', configMap: { name: 'settings' } },
      { name: 'sec', secret: { secretName: 'keys' } },
    );
    expect(Object.keys(folders)).to.deep.equal(['tmp', 'conf', 'sec']);
    expect(readdirSync(folders.tmp!)).to.deep.equal([]);
    expect(readFileSync(join(folders.conf!, 'mode'), 'utf8')).to.equal('strict');
    expect(readFileSync(join(folders.sec!, 'token'), 'utf8')).to.equal('s3cret\n');
    expect(statSync(join(folders.sec!, 'token')).mode & 0o077).to.equal(0);
  });

  it('refuses volumes that would reach into this machine', async () => {
    const error = (await failureOf(volumes({ name: 'root', hostPath: { path: '/' } }))) as CannotStart;
    expect(error).to.be.instanceOf(CannotStart);
    expect(error.message).to.include('"root"').and.include('--on kind');
  });

  it('says which object a volume lacks', async () => {
    const error = await failureOf(volumes({ name: 'v', configMap: { name: 'absent' } }));
    expect(error.message).to.include('configmaps/absent');
  });

  it('mounts what the container mounts', () => {
    const mounts = [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'other', mountPath: '/o' },
    ];
    expect(mountsOf({ name: 'c', volumeMounts: mounts }, { tmp: '/f/tmp' })).to.deep.equal({ '/tmp': '/f/tmp' });
  });

  it('gives a pod a kubeconfig with a token of its own, bound to it', async () => {
    const base = { ...api.credentials, tls: { ca: 'CA', cert: 'ADMIN', key: 'ADMIN' } };
    const path = await writeKubeconfig(api.client(), base, pod, dir);
    const text = readFileSync(path, 'utf8');
    expect(text).to.include('jwt').and.include('system:serviceaccount:n:robot').and.include(base64('CA'));
    expect(text).not.to.include(base64('ADMIN'));
    expect(statSync(path).mode & 0o077).to.equal(0);
    expect(api.by('POST')[0]?.body).to.deep.include({
      spec: { expirationSeconds: 86_400, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'u' } },
    });
  });
});
