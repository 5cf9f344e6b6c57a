import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a device that is in a room keeps, to come back when the node of the room has died and nobody knows any more who was
 * inside: a locked room would be closed to all. It is good for a short time, and a device in the room gets ever new ones.
 */
export class RoomPasses {
  readonly #secret: string;
  readonly #now: () => number;

  constructor({ secret, now }: { readonly secret: string; readonly now: () => number }) {
    this.#secret = secret;
    this.#now = now;
  }

  issue(gid: number, uid: number): string {
    const until = this.#now() + passMs;
    return `${until.toString(36)}.${this.#sign(gid, uid, until).toString('base64url')}`;
  }

  /** Whether the user was in this room a short while ago. */
  isGood(pass: string, gid: number, uid: number): boolean {
    const [time = '', signature = ''] = pass.split('.');
    const until = Number.parseInt(time, 36);
    if (!Number.isSafeInteger(until) || until <= this.#now()) return false;
    const [given, right] = [Buffer.from(signature, 'base64url'), this.#sign(gid, uid, until)];
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #sign(gid: number, uid: number, until: number): Buffer {
    return createHmac('sha256', this.#secret).update(`stoa room pass ${gid} ${uid} ${until}`).digest();
  }
}

/** Devices get a new one every 10 seconds, and are waited for about half a minute. */
export const passMs = 60_000;
