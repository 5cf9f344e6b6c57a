import { ECDH } from 'node:crypto';

/** The keys of a push subscription, in base64url: a point of P-256, and a secret of 16 bytes. */
export interface ReceiverKeys {
  readonly p256dh: string;
  readonly auth: string;
}

/** Whether something can be encrypted with them. */
export function isReceiverKeys({ p256dh, auth }: ReceiverKeys): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  if (Buffer.from(auth, 'base64url').length !== 16 || point.length !== 65 || point[0] !== 0x04) return false;
  try {
    // Refuses points that are not on the curve.
    ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'uncompressed');
    return true;
  } catch {
    return false;
  }
}
