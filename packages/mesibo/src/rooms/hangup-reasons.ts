import type { RoomEndReason } from '@stoa/protocol';
import {
  MESIBOCALL_HANGUP_REASON_DURATION,
  MESIBOCALL_HANGUP_REASON_ERROR,
  MESIBOCALL_HANGUP_REASON_REMOTE,
  MESIBOCALL_HANGUP_REASON_USER,
} from '../constants/call.ts';

/** What an application hears of its streams when a room has ended. */
export const hangupReasons: Readonly<Record<RoomEndReason, number>> = {
  left: MESIBOCALL_HANGUP_REASON_USER,
  removed: MESIBOCALL_HANGUP_REASON_REMOTE,
  ended: MESIBOCALL_HANGUP_REASON_REMOTE,
  rights: MESIBOCALL_HANGUP_REASON_REMOTE,
  duration: MESIBOCALL_HANGUP_REASON_DURATION,
  lost: MESIBOCALL_HANGUP_REASON_ERROR,
  signedOut: MESIBOCALL_HANGUP_REASON_ERROR,
};
