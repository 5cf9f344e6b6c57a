import { randomInt } from 'node:crypto';
import { limits, StoaError } from '@stoa/protocol';
import type { Directory } from '../directory/index.ts';
import type { LiveRoom } from './live-room.ts';
import type { MediaGrant, MediaTokens } from './media-tokens.ts';
import type { ParticipantKey, PlayerWish, Silent } from './room-state.ts';
import type { Rooms } from './rooms.ts';
import type { RoomDevice } from './rooms-options.ts';

export interface MediaSessionsOptions {
  readonly rooms: Pick<Rooms, 'join' | 'leave' | 'of' | 'has'>;
  /** Rejects when the rules of the app do not let the device into the room, or begin it. */
  readonly requireMayJoin: (device: RoomDevice, gid: number) => Promise<void>;
  readonly tokens: Pick<MediaTokens, 'read'>;
  readonly directory: Pick<Directory, 'byUid'>;
  /** Whether the user may connect at all: suspended and removed users have no sessions of any kind. */
  readonly standingOf: (uid: number) => Promise<{ active: boolean; removed: boolean } | undefined>;
}

/** A session of an encoder or a player: the device of a user in a room, as long as its media comes or goes. */
export interface MediaSession {
  readonly dev: number;
  /** The answer to its offer. */
  readonly sdp: string;
}

const kinds = {
  whip: { may: 'publish', most: limits.whipSessionsPerUser, name: 'encoders' },
  whep: { may: 'subscribe', most: limits.whepSessionsPerUser, name: 'players' },
} as const;

/** Sessions of programs that know nothing of us but an address and a token. They may what their user may, less all but one thing. */
export class MediaSessions {
  readonly #options: MediaSessionsOptions;
  readonly #as: Silent;

  constructor(options: MediaSessionsOptions, as: Silent) {
    this.#options = options;
    this.#as = as;
  }

  /**
   * @param work has the room answer the offer; when it fails, the session is over
   * @param check throws when there cannot be a session, whoever asks with a good token
   * @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, PERMISSION_DENIED for another room or a user who may not, SUSPENDED,
   * TOO_MANY, and what keeps a device from joining
   */
  async begin(
    token: string,
    gid: number,
    work: (room: LiveRoom, key: ParticipantKey) => Promise<string>,
    { plays, check }: { readonly plays?: PlayerWish; readonly check?: () => void } = {},
  ): Promise<MediaSession> {
    const { rooms } = this.#options;
    const grant = this.#granted(token, gid);
    check?.();
    await this.#requireActive(grant);
    const device = await this.#device(grant, firstDev + randomInt(2 ** 31), plays);
    const { dev } = device;
    await this.#options.requireMayJoin(device, gid);
    if ((await rooms.join(device, gid, undefined)) === undefined) {
      await rooms.leave(device, gid);
      throw new StoaError('NOT_ADMITTED');
    }
    try {
      // Once more, now that the room hears of it: a token like this one cannot be revoked.
      await this.#requireActive(grant);
      const { room, key } = rooms.of(device, gid);
      const { most, name } = kinds[this.#as];
      const own = [...room.state.participants.values()].filter(
        ({ uid, as }) => uid === grant.uid && as === this.#as,
      );
      if (own.length > most)
        throw new StoaError('TOO_MANY', `A user has ${most} ${name} in a room at the most.`);
      return { dev, sdp: await work(room, key) };
    } catch (error) {
      await rooms.leave(device, gid);
      throw error;
    }
  }

  /** @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, PERMISSION_DENIED, or NOT_FOUND for a session that is none any more */
  find(token: string, gid: number, dev: number): void {
    const { uid } = this.#granted(token, gid);
    try {
      if (this.#options.rooms.of({ uid, dev }, gid).own.as === this.#as) return;
    } catch (error) {
      if (!(error instanceof StoaError) || error.code !== 'NOT_IN_ROOM') throw error;
    }
    throw new StoaError('NOT_FOUND', 'There is no such session (any more).');
  }

  /** @throws StoaError as find() does */
  async end(token: string, gid: number, dev: number): Promise<void> {
    this.find(token, gid, dev);
    await this.#options.rooms.leave(await this.#device(this.#granted(token, gid), dev), gid);
  }

  #granted(token: string, gid: number): MediaGrant {
    const grant = this.#options.tokens.read(token);
    if (grant.gid !== gid) throw new StoaError('PERMISSION_DENIED', 'The media token is for another room.');
    const { may } = kinds[this.#as];
    if (grant.may === may) return grant;
    throw new StoaError('PERMISSION_DENIED', `The media token is not one to ${may}.`, {
      hint: `Ask your back end for one with "may": "${may}".`,
    });
  }

  async #requireActive({ uid }: MediaGrant): Promise<void> {
    const standing = await this.#options.standingOf(uid);
    if (standing?.removed !== false) throw removed();
    if (!standing.active) throw new StoaError('SUSPENDED');
  }

  async #device({ aid, uid }: MediaGrant, dev: number, plays?: PlayerWish): Promise<RoomDevice> {
    const address = (await this.#options.directory.byUid(uid))?.address;
    if (address === undefined) throw removed();
    const device = { aid, uid, address, dev, tokenId: noToken, as: this.#as };
    return plays === undefined ? device : { ...device, plays };
  }
}

const removed = (): StoaError => new StoaError('BAD_TOKEN', 'The user of the media token was removed.');

/** Devices that sign in have smaller numbers. */
const firstDev = 2 ** 31;
const noToken = -1;
