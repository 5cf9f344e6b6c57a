import { createHmac } from 'node:crypto';

/**
 * The value of the header `Stoa-Signature`: when the request was made, in seconds since 1970, and the HMAC-SHA-256 of that
 * time, a full stop and the body, by which the receiver knows that both come from here.
 *
 * @example
 * signature('secret', '{}', 1_767_225_600_000); // "t=1767225600,v1=…"
 */
export function signature(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
