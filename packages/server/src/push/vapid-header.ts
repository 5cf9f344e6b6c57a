import { signToken } from './sign-token.ts';
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
  const expires = Math.floor(now / 1000) + 12 * 3600;
  return `vapid t=${signToken(privateKey, { aud: origin, exp: expires, sub: contact })}, k=${publicKey}`;
}
