import type { V1Container } from '@kubernetes/client-node';
import { expect } from 'chai';
import { RestartBackoff } from '../../../clusters/providers/embedded/agent/backoff.ts';
import { CannotStart, commandOf, type PodContext } from '../../../clusters/providers/embedded/agent/command.ts';
import type { AgentConfig } from '../../../clusters/providers/embedded/agent/config.ts';

describe('node agent: restart back-off', () => {
  it('is at once, then 10 s, doubled up to 5 min', () => {
    const backoff = new RestartBackoff();
    expect(Array.from({ length: 8 }, () => backoff.afterExit(1))).to.deep.equal([0, 10, 20, 40, 80, 160, 300, 300]);
  });

  it('is forgotten after 10 min of running', () => {
    const backoff = new RestartBackoff();
    for (let i = 0; i < 3; i++) backoff.afterExit(599);
    expect(backoff.afterExit(599)).to.equal(40);
    expect([backoff.afterExit(600), backoff.afterExit(1)]).to.deep.equal([0, 10]);
  });
});

describe('node agent: command of a container', () => {
  const config = {
    binaries: { kyverno: '/bin/kyverno', 'kyverno-init': '/bin/kyverno-init' },
  } as unknown as AgentConfig;
  const context: PodContext = { host: '127.53.128.1', kubeconfig: '/pods/x/kubeconfig', env: {}, mounts: {} };
  const command = (container: Partial<V1Container>, more: Partial<PodContext> = {}) =>
    commandOf({ name: 'c', ...container }, { ...context, ...more }, config);
  const refusal = (container: Partial<V1Container>): CannotStart => {
    try {
      command(container);
    } catch (error) {
      if (error instanceof CannotStart) return error;
      throw error;
    }
    throw new Error(`expected a refusal of ${JSON.stringify(container)}`);
  };

  it('is that of the version in the image’s tag, where the cluster meets several', () => {
    const several = { ...config, binaries: { ...config.binaries, 'kyverno@1.18.2': '/bin/kyverno-1.18.2' } };
    const file = (image: string) => commandOf({ name: 'c', image }, context, several).file;
    expect(file('reg.kyverno.io/kyverno/kyverno:v1.18.2')).to.equal('/bin/kyverno-1.18.2');
    expect(file('reg.kyverno.io/kyverno/kyverno:v1.19.1')).to.equal('/bin/kyverno');
    expect(file('reg.kyverno.io/kyverno/kyvernopre:v1.18.2')).to.equal('/bin/kyverno-init');
  });

  it('is the toolchain’s binary for its image, with the spec’s arguments and its own address', () => {
    const image = 'reg.kyverno.io/kyverno/kyverno:v1.19.1';
    const { file, args } = command(
      { image, command: ['/ko-app/kyverno'], args: ['--v=2', '--x=$(NAME)', '$(OTHER)'] },
      { env: { NAME: 'n1' } },
    );
    expect(file).to.equal('/bin/kyverno');
    expect(args.slice(0, 3)).to.deep.equal(['--v=2', '--x=n1', '$(OTHER)']);
    expect(args.slice(3)).to.deep.equal([
      '--kubeconfig=/pods/x/kubeconfig',
      '--webhookServerHost=127.53.128.1',
      '--metricsHost=127.53.128.1',
      '--controllerRuntimeMetricsAddress=127.53.128.1:8080',
    ]);
  });

  it('tells the init binary its API server only', () => {
    const { file, args } = command({ image: 'ghcr.io/kyverno/kyvernopre@sha256:0123' });
    expect([file, args]).to.deep.equal(['/bin/kyverno-init', ['--kubeconfig=/pods/x/kubeconfig']]);
  });

  for (const [container, expected] of [
    [{ image: 'busybox', command: ['sleep', '3600'] }, ['sleep', '3600']],
    [{ image: 'busybox', command: ['sleep'], args: ['1.5m'] }, ['sleep', '1.5m']],
    [{ image: 'busybox', command: ['sleep', 'infinity'] }, ['sleep', 'infinity']],
    [{ image: 'any/thing:1', command: ['true'] }, ['true']],
    [{ image: 'busybox', args: ['false'] }, ['false']],
    [{ image: 'registry.k8s.io/pause:3.10' }, ['sleep', 'infinity']],
  ] as [Partial<V1Container>, string[]][]) {
    it(`is ${expected.join(' ')} for ${JSON.stringify(container)}`, () => {
      const { file, args } = command(container);
      expect([file, ...args]).to.deep.equal(expected);
    });
  }

  for (const container of [
    { image: 'busybox' },
    { image: 'busybox', command: ['sh', '-c', 'id'] },
    { image: 'busybox', command: ['/bin/sleep', '1'] },
    { image: 'busybox', command: ['sleep', '1; id'] },
    { image: 'busybox', command: ['sleep', '1', '2'] },
    { image: 'busybox', command: ['sleep', '--help'] },
    { image: 'busybox', command: ['true', '--version'] },
    { image: 'evil/kyverno-lookalike', command: ['rm', '-rf', '/'] },
    { image: 'my-pause-image', command: ['sh'] },
    {},
  ] as Partial<V1Container>[]) {
    it(`is refused for ${JSON.stringify(container)}: nothing of the user’s machine may be run`, () => {
      const { reason, message } = refusal(container);
      expect(reason).to.equal('ErrImageNeverPull');
      expect(message).to.include(`"${container.image}"`).and.include('--on kind');
    });
  }

  it('has paths under a mount lead into the volume’s folder, and no others', () => {
    const mounts = { '/var/run/tls': '/pods/x/volumes/tls' };
    const env = { A: '/var/run/tls', B: '/var/run/tls/ca.crt', C: '/var/run/tls2/x', D: 'see /var/run/tls' };
    expect(command({ command: ['true'], image: 'x' }, { env, mounts }).env).to.deep.equal({
      A: '/pods/x/volumes/tls',
      B: '/pods/x/volumes/tls/ca.crt',
      C: '/var/run/tls2/x',
      D: 'see /var/run/tls',
    });
  });
});
