import { createHmac, timingSafeEqual } from 'node:crypto';
import { StoaError } from '@stoa/protocol';
import type { FileRecord } from '@stoa/storage';

export interface FileLink {
  /** To be added to the address of the server. */
  readonly path: string;
  readonly expiresAt: number;
}

const hourMs = 3_600_000;
/** Characters of the name in a link. */
const shownLength = 80;

/**
 * Links that open a file to whoever has them, for a time: an `<img>` can load them. The name in a link is for people;
 * the id and the time are signed.
 */
export class FileLinks {
  readonly #secret: string;
  readonly #lifeMs: number;
  readonly #now: () => number;

  constructor({ secret, hours, now }: { secret: string; hours: number; now: () => number }) {
    this.#secret = secret;
    this.#lifeMs = hours * hourMs;
    this.#now = now;
  }

  /** The same for an hour, so that browsers find it in their caches. */
  make({ id, name }: Pick<FileRecord, 'id' | 'name'>): FileLink {
    const expiresAt = Math.ceil((this.#now() + this.#lifeMs) / hourMs) * hourMs;
    const expires = String(expiresAt / 1000);
    const query = `expires=${expires}&signature=${this.#sign(id, expires).toString('base64url')}`;
    return {
      path: `/files/${id}/${encodeURIComponent(name.slice(-shownLength).toWellFormed())}?${query}`,
      expiresAt,
    };
  }

  /** @throws StoaError PERMISSION_DENIED when it was not made here, LINK_EXPIRED */
  check(id: string, { expires = '', signature = '' }: { expires?: string; signature?: string }): void {
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(id, expires);
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new StoaError('PERMISSION_DENIED', 'The link was not made by this server, or was changed.', {
        hint: 'Ask for a link with POST /files/links.',
      });
    }
    if (Number(expires) * 1000 <= this.#now()) throw new StoaError('LINK_EXPIRED');
  }

  #sign(id: string, expires: string): Buffer {
    return createHmac('sha256', this.#secret).update(`stoa file ${id} ${expires}`).digest();
  }
}

const pathOfLink = /^\/files\/([0-9a-f]{32})(?:\/|$)/;

/** The id in a link to a file of this server, or of any other that is reached by the same path. */
export function idInLink(url: string): string | undefined {
  const path = URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : '';
  return pathOfLink.exec(path)?.[1];
}
