import { randomInt } from 'node:crypto';
import { limits, type OperationRequest, StoaError } from '@stoa/protocol';
import type { Directory } from '../directory/index.ts';
import type { MediaGrant, MediaTokens } from './media-tokens.ts';
import type { Rooms } from './rooms.ts';
import type { RoomDevice } from './rooms-options.ts';

export interface WhipOptions {
  readonly rooms: Pick<Rooms, 'join' | 'leave' | 'of'>;
  /** Rejects when the rules of the app do not let the device into the room, or begin it. */
  readonly requireMayJoin: (device: RoomDevice, gid: number) => Promise<void>;
  readonly tokens: Pick<MediaTokens, 'read'>;
  readonly directory: Pick<Directory, 'byUid'>;
}

/** A session of an encoder: it is the device of a user in a room, which only publishes, as long as its media comes. */
export interface WhipSession {
  readonly dev: number;
  /** The answer to the encoder's offer. */
  readonly sdp: string;
}

/** Encoders that speak WHIP (RFC 9725) in rooms. What they may do is what their user may, less all but publishing. */
export class Whip {
  readonly #options: WhipOptions;

  constructor(options: WhipOptions) {
    this.#options = options;
  }

  /**
   * @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, PERMISSION_DENIED for another room or a user who may not publish, and
   * what keeps a device from joining; BAD_REQUEST for an offer that cannot be taken
   */
  async open(token: string, gid: number, sdp: string): Promise<WhipSession> {
    const { rooms } = this.#options;
    const grant = this.#granted(token, gid);
    const streams = offeredStreams(sdp);
    const device = await this.#device(grant, firstDev + randomInt(2 ** 31));
    const { dev } = device;
    await this.#options.requireMayJoin(device, gid);
    if ((await rooms.join(device, gid, undefined)) === undefined) {
      await rooms.leave(device, gid);
      throw new StoaError('NOT_ADMITTED');
    }
    try {
      const { room, key } = rooms.of(device, gid);
      const others = [...room.state.participants.values()].filter(
        ({ uid, as }) => uid === grant.uid && as !== undefined,
      );
      if (others.length > limits.whipSessionsPerUser) {
        throw new StoaError(
          'TOO_MANY',
          `A user has ${limits.whipSessionsPerUser} encoders in a room at the most.`,
        );
      }
      const { sdp: answer = '' } = await room.publish(key, { sdp, streams });
      return { dev, sdp: answer };
    } catch (error) {
      await rooms.leave(device, gid);
      throw error;
    }
  }

  /** @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, PERMISSION_DENIED, or NOT_FOUND for a session that is none any more */
  find(token: string, gid: number, dev: number): void {
    const { uid } = this.#granted(token, gid);
    try {
      if (this.#options.rooms.of({ uid, dev }, gid).own.as === 'whip') return;
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
    if (grant.gid === gid) return grant;
    throw new StoaError('PERMISSION_DENIED', 'The media token is for another room.');
  }

  async #device({ aid, uid }: MediaGrant, dev: number): Promise<RoomDevice> {
    const address = (await this.#options.directory.byUid(uid))?.address;
    if (address === undefined) throw new StoaError('BAD_TOKEN', 'The user of the media token was removed.');
    return { aid, uid, address, dev, tokenId: noToken, as: 'whip' };
  }
}

/**
 * What an encoder offers: one sound, one picture, or both.
 *
 * @throws StoaError BAD_REQUEST
 */
export function offeredStreams(sdp: string): OperationRequest<'rooms.publish'>['streams'] {
  const mids: { audio?: string; video?: string } = {};
  for (const section of sdp.split(/^m=/m).slice(1)) {
    const kind = /^(audio|video) /.exec(section)?.[1] as 'audio' | 'video' | undefined;
    const mid = /^a=mid:([\w-]{1,16})\r?$/m.exec(section)?.[1];
    if (kind === undefined || /^a=(recvonly|inactive)\r?$/m.test(section)) continue;
    if (mid === undefined) throw new StoaError('BAD_REQUEST', 'Every m-line needs a mid.');
    if (mids[kind] !== undefined) {
      throw new StoaError('BAD_REQUEST', `The offer sends more than one ${kind} stream.`, {
        hint: 'Open a session for each source.',
      });
    }
    mids[kind] = mid;
  }
  if (mids.audio === undefined && mids.video === undefined) {
    throw new StoaError('BAD_REQUEST', 'The offer sends neither sound nor pictures.');
  }
  return [{ sid: 0, source: 'camera', ...mids }];
}

/** Devices that sign in have smaller numbers. */
const firstDev = 2 ** 31;
const noToken = -1;
