import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SettingStore } from '@stoa/storage';

/** The key pair by which push services know this installation (RFC 8292), on P-256. */
export interface VapidKeys {
  /** The uncompressed point in base64url: `applicationServerKey` of the Push API. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/**
 * The keys of this installation, which are made once: browsers tie their subscriptions to them, so that with others
 * every device would have to subscribe anew.
 */
export async function vapidKeys(settings: SettingStore): Promise<VapidKeys> {
  const fresh = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const jwk: Jwk = JSON.parse(await settings.setOnce(settingName, JSON.stringify(fresh)));
  const point = Buffer.concat([
    Buffer.of(0x04),
    Buffer.from(jwk.x, 'base64url'),
    Buffer.from(jwk.y, 'base64url'),
  ]);
  return {
    publicKey: point.toString('base64url'),
    privateKey: createPrivateKey({ key: { ...jwk }, format: 'jwk' }),
  };
}

interface Jwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

const settingName = 'push.vapid';
