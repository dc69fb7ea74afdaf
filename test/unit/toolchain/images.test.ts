import { expect } from 'chai';
import { imageVersion } from '../../../clusters/toolchain/images.ts';

describe('the version of an image', () => {
  it('is its tag, whatever the registry and the digest', () => {
    expect(imageVersion('reg.kyverno.io/kyverno/kyverno:v1.19.1')).to.equal('1.19.1');
    expect(imageVersion(`localhost:5000/kyverno/kyverno:1.18.2@sha256:${'0'.repeat(64)}`)).to.equal('1.18.2');
    expect(imageVersion('localhost:5000/kyverno/kyverno')).to.equal(undefined);
    expect(imageVersion(`ghcr.io/kyverno/kyverno@sha256:${'0'.repeat(64)}`)).to.equal(undefined);
  });
});
