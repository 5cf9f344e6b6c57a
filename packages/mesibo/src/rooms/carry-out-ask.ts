import type { RoomAsk } from '@stoa/protocol';
import { MESIBOCALL_VIDEOSOURCE_CAMERADEFAULT, MESIBOCALL_VIDEOSOURCE_SCREEN } from '../constants/call.ts';
import { callOn } from '../listeners.ts';
import type { MesiboParticipant } from './room-participant.ts';

/** Whom an ask is about, and how it is done. */
export interface AskContext {
  /** The application's admin listener. */
  readonly listener: object | undefined;
  readonly requester: MesiboParticipant | null;
  /** The own stream of that number. */
  readonly own: MesiboParticipant | undefined;
  /** Somebody else's stream that is named. */
  readonly target: MesiboParticipant | undefined;
  readonly publisher: (sid: number, isScreen: boolean) => MesiboParticipant;
  readonly unmute: (own: MesiboParticipant, kinds: { audio?: false; video?: false }) => void;
}

/**
 * Does what somebody who controls the room asks for. The application decides by its admin listener; without a word of it,
 * nothing is done.
 */
export function carryOutAsk(
  { what, sid = 0, source, audio = true, video = true }: RoomAsk,
  { listener, requester, own, target, publisher, unmute }: AskContext,
): void {
  const allows = (name: string, ...args: unknown[]): boolean =>
    callOn(listener, `MesiboGroupcallAdmin_${name}`, [requester, true, ...args]) === true;
  switch (what) {
    case 'unmute':
      // Nothing is opened by that: whoever publishes his sound alone is not to be seen because of others.
      if (own !== undefined && allows('OnMute', own, audio, video, true))
        unmute(own, {
          ...(audio && own.hasAudio() ? { audio: false } : {}),
          ...(video && own.hasVideo() ? { video: false } : {}),
        });
      return;
    case 'publish': {
      const isScreen = source === 'screen';
      const from = isScreen ? MESIBOCALL_VIDEOSOURCE_SCREEN : MESIBOCALL_VIDEOSOURCE_CAMERADEFAULT;
      if (allows('OnStartPublishing', sid, audio, video, from, 0))
        publisher(sid, isScreen).call(audio, video);
      return;
    }
    case 'subscribe':
      if (target !== undefined && allows('OnSubscribe', target, audio, video)) target.call(audio, video);
      return;
    case 'fullscreen':
      if (target !== undefined && allows('OnMakeFullScreen', target)) target.setFullscreen(true);
  }
}
