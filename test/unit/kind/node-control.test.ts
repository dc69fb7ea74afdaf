import { expect } from 'chai';
import { parse } from 'yaml';
import { evictingBelow, joinConfiguration } from '../../../clusters/providers/kind/node-control.ts';

/** As kind 0.33 writes it for the first of eleven workers, shortened. */
const KUBEADM = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration:
  kubeletExtraArgs:
  - name: node-ip
    value: 172.18.0.2
---
apiVersion: kubeadm.k8s.io/v1beta4
discovery:
  bootstrapToken:
    apiServerEndpoint: c1-control-plane:6443
    token: abcdef.0123456789abcdef
    unsafeSkipCAVerification: true
kind: JoinConfiguration
nodeRegistration:
  criSocket: unix:///run/containerd/containerd.sock
  kubeletExtraArgs:
  - name: node-ip
    value: 172.18.0.2
  - name: provider-id
    value: kind://docker/c1/c1-worker
  - name: node-labels
    value: falldown.dev/node=real
skipPhases:
- preflight
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
`;

describe('joinConfiguration', () => {
  const from = { name: 'c1-worker', address: '172.18.0.2' };

  it('is what another worker was told, with this one’s name and address', () => {
    const text = joinConfiguration(KUBEADM, from, { name: 'c1-late', address: '172.18.0.9' });
    expect(text).to.contain('kind: JoinConfiguration');
    expect(text).not.to.contain('InitConfiguration');
    expect(text).to.contain('value: 172.18.0.9');
    expect(text).to.contain('kind://docker/c1/c1-late');
    expect(text).to.contain('falldown.dev/node=real');
    expect(text).not.to.contain('172.18.0.2\n');
  });

  it('leaves names and addresses alone that only begin alike', () => {
    const text = KUBEADM.replaceAll('value: 172.18.0.2', 'value: 172.18.0.20').replaceAll(
      'c1/c1-worker',
      'c1/c1-worker2',
    );
    const told = joinConfiguration(text, from, { name: 'c1-late', address: '172.18.0.9' });
    expect(told).to.contain('172.18.0.20').and.to.contain('c1-worker2');
    expect(told).not.to.contain('c1-late');
  });

  it('says so when there is nothing about joining', () => {
    expect(() => joinConfiguration('kind: Other', from, from)).to.throw('has no JoinConfiguration');
  });
});

describe('evictingBelow', () => {
  const config = 'kind: KubeletConfiguration\nevictionHard:\n  imagefs.available: 0%\nstaticPodPath: /x\n';

  it('adds the threshold and leaves the others', () => {
    const fields = parse(evictingBelow(config, 123456789.7));
    expect(fields).to.include({ staticPodPath: '/x', evictionPressureTransitionPeriod: '20s' });
    expect(fields.evictionSoft).to.deep.equal({ 'memory.available': '123456789' });
    expect(fields.evictionSoftGracePeriod).to.deep.equal({ 'memory.available': '1s' });
  });

  it('takes nothing from what the node offers to pods: a hard threshold would', () => {
    expect(parse(evictingBelow(config, 1)).evictionHard).to.deep.equal({ 'imagefs.available': '0%' });
  });
});
