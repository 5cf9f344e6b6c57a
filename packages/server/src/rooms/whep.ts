import { StoaError } from '@stoa/protocol';
import { type MediaSession, MediaSessions, type MediaSessionsOptions } from './media-sessions.ts';

/** Of whom a player is to show something; of whoever has the floor when nobody is named. */
export interface Played {
  /** Address. */
  readonly user?: string;
  /** Number of a stream. */
  readonly stream?: number;
}

/** Players that speak WHEP (draft-ietf-wish-whep) in rooms. What they may do is what their user may, less all but watching. */
export class Whep {
  readonly #rooms: MediaSessionsOptions['rooms'];
  readonly #sessions: MediaSessions;

  constructor(options: MediaSessionsOptions) {
    this.#rooms = options.rooms;
    this.#sessions = new MediaSessions(options, 'whep');
  }

  /**
   * @throws StoaError as MediaSessions.begin() does; BAD_REQUEST for an offer that cannot be taken, CONFLICT while nobody
   * is in the room
   */
  async open(token: string, gid: number, sdp: string, { user, stream }: Played = {}): Promise<MediaSession> {
    const slots = offeredSlots(sdp);
    const plays = { ...slots, user, sid: stream };
    const check = () => this.#requireRoom(gid);
    return this.#sessions.begin(token, gid, (room, key) => room.play(key, sdp), { plays, check });
  }

  /** @throws StoaError as MediaSessions.find() does */
  find(token: string, gid: number, dev: number): void {
    this.#sessions.find(token, gid, dev);
  }

  /** @throws StoaError as MediaSessions.find() does */
  end(token: string, gid: number, dev: number): Promise<void> {
    return this.#sessions.end(token, gid, dev);
  }

  /** A player that is left running somewhere is not to begin rooms, of which all members are told. */
  #requireRoom(gid: number): void {
    if (this.#rooms.has(gid)) return;
    throw new StoaError('CONFLICT', 'Nobody is in the room.', {
      hint: 'Try again when it has begun.',
      retryAfterMs: beginsMs,
    });
  }
}

/**
 * How many sounds and pictures a player offers to receive.
 *
 * @throws StoaError BAD_REQUEST for none
 */
export function offeredSlots(sdp: string): { audio: number; video: number } {
  const slots = { audio: 0, video: 0 };
  for (const section of sdp.split(/^m=/m).slice(1)) {
    const kind = /^(audio|video) /.exec(section)?.[1] as 'audio' | 'video' | undefined;
    if (kind !== undefined && !/^a=(sendonly|inactive)\r?$/m.test(section)) slots[kind] += 1;
  }
  if (slots.audio + slots.video > 0) return slots;
  throw new StoaError('BAD_REQUEST', 'The offer receives neither sound nor pictures.');
}

/** After which a player may ask again whether the room has begun. */
const beginsMs = 5_000;
