import { createHmac, timingSafeEqual } from 'node:crypto';
import { StoaError } from '@stoa/protocol';

/** What whoever has a media token may do: publish into one room as one user, or watch it, and nothing else. */
export interface MediaGrant {
  readonly aid: number;
  readonly gid: number;
  readonly uid: number;
  readonly may: 'publish' | 'subscribe';
}

/**
 * Tokens for encoders and players, which know nothing of us but an address and a token. They are signed, not stored: who must not
 * publish or watch any more loses the right to, which the room asks for whenever somebody joins it or something has changed.
 */
export class MediaTokens {
  readonly #secret: string;
  readonly #now: () => number;

  constructor({ secret, now }: { readonly secret: string; readonly now: () => number }) {
    this.#secret = secret;
    this.#now = now;
  }

  issue({ aid, gid, uid, may }: MediaGrant, seconds: number): { token: string; expiresAt: number } {
    const until = Math.floor(this.#now() / 1_000) + seconds;
    const content = [may, aid, gid, uid, until].join('.');
    return { token: `${content}.${this.#sign(content).toString('base64url')}`, expiresAt: until * 1_000 };
  }

  /** @throws StoaError BAD_TOKEN when it was not made here, TOKEN_EXPIRED */
  read(token: string): MediaGrant {
    const end = token.lastIndexOf('.');
    const [content, signature] = [
      token.slice(0, Math.max(0, end)),
      Buffer.from(token.slice(end + 1), 'base64url'),
    ];
    const right = this.#sign(content);
    if (signature.length !== right.length || !timingSafeEqual(signature, right)) {
      throw new StoaError('BAD_TOKEN', 'The media token was not made by this server, or was changed.', {
        hint,
      });
    }
    const [may, ...numbers] = content.split('.');
    const [aid = 0, gid = 0, uid = 0, until = 0] = numbers.map(Number);
    if (until * 1_000 <= this.#now())
      throw new StoaError('TOKEN_EXPIRED', 'The media token has expired.', { hint });
    return { aid, gid, uid, may: may === 'subscribe' ? may : 'publish' };
  }

  #sign(content: string): Buffer {
    return createHmac('sha256', this.#secret).update(`stoa media token ${content}`).digest();
  }
}

const hint = 'Ask your back end for a new one: POST /v1/groups/{gid}/media-tokens.';
