const NODE_USER = 'system:node:';

/**
 * The node that a CertificateSigningRequest asks to become, from its `spec.request` (base64 of a PEM file); undefined when
 * it is for something else. Node's crypto reads no certificate requests, and a parser for one name would be out of
 * proportion: in DER a string stands behind a byte with its length.
 */
export function nodeInRequest(request: string): string | undefined {
  const pem = Buffer.from(request, 'base64').toString('latin1');
  const body = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(pem)?.[1];
  if (body === undefined) return undefined;
  const der = Buffer.from(body, 'base64');
  const at = der.indexOf(NODE_USER, 0, 'latin1');
  const length = at > 0 ? (der[at - 1] as number) : 0;
  return length > NODE_USER.length ? der.toString('latin1', at + NODE_USER.length, at + length) : undefined;
}
