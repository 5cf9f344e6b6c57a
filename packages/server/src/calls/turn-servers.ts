import { createHmac } from 'node:crypto';
import type { OperationResponse } from '@stoa/protocol';

export interface TurnOptions {
  /** Addresses of STUN and TURN servers. */
  readonly urls: readonly string[];
  /** What the TURN servers share with this server. */
  readonly secret: string | null;
  /** For how long credentials are good. */
  readonly seconds: number;
}

/**
 * The servers for a user's calls. Their credentials follow the REST API for TURN (draft-uberti-behave-turn-rest), which
 * coturn implements with `use-auth-secret`: the user name is when they expire, in seconds since 1970, and whose they
 * are; the password is its HMAC. The TURN server needs nothing else, and nothing can be revoked: so they end soon.
 *
 * @param now milliseconds since 1970
 */
export function turnServers(
  { urls, secret, seconds }: TurnOptions,
  uid: number,
  now: number,
): OperationResponse<'calls.servers'> {
  const stun = urls.filter((url) => url.startsWith('stun'));
  const turn = urls.filter((url) => url.startsWith('turn'));
  const servers: OperationResponse<'calls.servers'>['servers'] = [];
  if (stun.length > 0) servers.push({ urls: stun });
  if (turn.length > 0 && secret !== null) {
    const username = `${Math.floor(now / 1000) + seconds}:${uid}`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    servers.push({ urls: turn, username, credential });
  }
  return { servers, seconds };
}
