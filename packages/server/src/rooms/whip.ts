import { type OperationRequest, StoaError } from '@stoa/protocol';
import { type MediaSession, MediaSessions, type MediaSessionsOptions } from './media-sessions.ts';

/** Encoders that speak WHIP (RFC 9725) in rooms. What they may do is what their user may, less all but publishing. */
export class Whip {
  readonly #sessions: MediaSessions;

  constructor(options: MediaSessionsOptions) {
    this.#sessions = new MediaSessions(options, 'whip');
  }

  /** @throws StoaError as MediaSessions.begin() does; BAD_REQUEST for an offer that cannot be taken */
  async open(token: string, gid: number, sdp: string): Promise<MediaSession> {
    const streams = offeredStreams(sdp);
    return this.#sessions.begin(token, gid, async (room, key) => {
      const { sdp: answer = '' } = await room.publish(key, { sdp, streams });
      return answer;
    });
  }

  /** @throws StoaError as MediaSessions.find() does */
  find(token: string, gid: number, dev: number): void {
    this.#sessions.find(token, gid, dev);
  }

  /** @throws StoaError as MediaSessions.find() does */
  end(token: string, gid: number, dev: number): Promise<void> {
    return this.#sessions.end(token, gid, dev);
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
