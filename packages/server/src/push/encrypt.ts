import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import type { ReceiverKeys } from './receiver-keys.ts';

/** What is random in an encryption; given in tests alone. */
export interface Randomness {
  readonly salt: Uint8Array;
  /** Of the sender's one-time key pair on P-256. */
  readonly privateKey: Uint8Array;
}

/**
 * Encrypts what a push service carries, so that the receiver alone reads it (RFC 8291, over the content coding
 * `aes128gcm` of RFC 8188): one record with its header.
 *
 * @param plain at most 3,993 bytes
 */
export function encryptForReceiver(
  plain: Uint8Array,
  { p256dh, auth }: ReceiverKeys,
  random?: Randomness,
): Uint8Array {
  if (plain.length > maximumPlainBytes) throw new Error('A push message must fit into one record.');
  const salt = random?.salt ?? randomBytes(16);
  const pair = createECDH('prime256v1');
  if (random === undefined) pair.generateKeys();
  else pair.setPrivateKey(random.privateKey);
  const [sender, receiver] = [pair.getPublicKey(), Buffer.from(p256dh, 'base64url')];

  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiver, sender]);
  const key = hkdfSync('sha256', pair.computeSecret(receiver), Buffer.from(auth, 'base64url'), info, 32);
  const derive = (use: string, bytes: number) =>
    new Uint8Array(hkdfSync('sha256', new Uint8Array(key), salt, `Content-Encoding: ${use}\0`, bytes));
  const cipher = createCipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));

  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(recordBytes, 0);
  sizes.writeUInt8(sender.length, 4);
  return Buffer.concat([
    salt,
    sizes,
    sender,
    cipher.update(plain),
    // The delimiter of the last record.
    cipher.update(Buffer.of(2)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** The size that every push service takes (RFC 8030, section 7.2), header included. */
const recordBytes = 4096;
/** Without the header (86), the delimiter (1) and the tag (16). */
const maximumPlainBytes = recordBytes - 86 - 17;
