import { type KeyObject, verify } from 'node:crypto';

/** Head and claims of a JSON web token; throws when it was not signed with this key. */
export function signedToken(
  token: string,
  key: KeyObject,
): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const content = Buffer.from(`${header}.${claims}`);
  const wanted = { key, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', content, wanted, Buffer.from(signature, 'base64url'))) {
    throw new Error('The signature is not that of the key.');
  }
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: read(header), claims: read(claims) };
}
