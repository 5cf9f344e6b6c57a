import { sign } from 'node:crypto';
import type { VapidKeys } from './vapid-keys.ts';

/**
 * The `Authorization` header by which a push service knows who sends (RFC 8292), good for twelve hours.
 *
 * @param contact `mailto:` or `https:` address of the operator
 */
export function vapidHeader(
  { publicKey, privateKey }: VapidKeys,
  { origin, contact, now }: { readonly origin: string; readonly contact: string; readonly now: number },
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const expires = Math.floor(now / 1000) + 12 * 3600;
  const content = `${part({ typ: 'JWT', alg: 'ES256' })}.${part({ aud: origin, exp: expires, sub: contact })}`;
  const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${content}.${signature.toString('base64url')}, k=${publicKey}`;
}
