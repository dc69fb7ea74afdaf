import { expect } from 'chai';
import { nodeInRequest } from '../../../harness/kube/certificate-request.ts';
import { REQUEST } from './node-request.ts';

describe('nodeInRequest', () => {
  it('is the node that a certificate request names, to the last letter', () => {
    expect(nodeInRequest(REQUEST)).to.equal('falldown-1-late');
  });

  it('is nothing for a request that names no node', () => {
    const pem = Buffer.from(REQUEST, 'base64').toString('latin1');
    const der = Buffer.from(pem.split('-----')[2] as string, 'base64');
    const other = Buffer.from(der.toString('latin1').replace('system:node:', 'system.node.'), 'latin1');
    const text = `-----BEGIN CERTIFICATE REQUEST-----\n${other.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    expect(nodeInRequest(Buffer.from(text).toString('base64'))).to.equal(undefined);
  });

  it('is nothing for what is no certificate request', () => {
    for (const junk of ['', 'AAAA', Buffer.from('hello').toString('base64')]) {
      expect(nodeInRequest(junk)).to.equal(undefined);
    }
  });
});
