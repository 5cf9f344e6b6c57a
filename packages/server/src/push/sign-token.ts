import { type KeyObject, sign } from 'node:crypto';

/**
 * A signed JSON web token (RFC 7515): by an elliptic key on P-256 (ES256), or an RSA key (RS256).
 *
 * @param header beside `alg` and `typ`
 */
export function signToken(key: KeyObject, claims: object, header: object = {}): string {
  const isElliptic = key.asymmetricKeyType === 'ec';
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ typ: 'JWT', alg: isElliptic ? 'ES256' : 'RS256', ...header })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}
