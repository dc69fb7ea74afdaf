import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

const DAY_MILLISECONDS = 86_400_000;
/** subjectAltName types of RFC 5280. */
const IP_ADDRESS = 7;

/** A key and a certificate for a server on a loopback address, signed by itself; PEM. Clients take it as their CA. */
export function selfSigned(ip = '127.0.0.1'): { key: string; cert: string } {
  const { privateKey: key } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const signer = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(signer.n, signer.e);
  certificate.serialNumber = '01';
  // From yesterday on: a clock that is set back must not make it invalid.
  certificate.validity.notBefore = new Date(Date.now() - DAY_MILLISECONDS);
  certificate.validity.notAfter = new Date(Date.now() + 30 * DAY_MILLISECONDS);
  const name = [{ name: 'commonName', value: 'falldown gateway' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: IP_ADDRESS, ip }] },
  ]);
  certificate.sign(signer, forge.md.sha256.create());
  return { key, cert: forge.pki.certificateToPem(certificate) };
}
