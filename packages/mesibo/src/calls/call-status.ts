import type { CallStatus } from '@stoa/client';
import {
  MESIBO_CALLSTATUS_ANSWER,
  MESIBO_CALLSTATUS_BADCALLID,
  MESIBO_CALLSTATUS_BLOCKED,
  MESIBO_CALLSTATUS_BUSY,
  MESIBO_CALLSTATUS_CANCEL,
  MESIBO_CALLSTATUS_CHANNELUP,
  MESIBO_CALLSTATUS_COMPLETE,
  MESIBO_CALLSTATUS_DURATIONEXCEEDED,
  MESIBO_CALLSTATUS_HWERROR,
  MESIBO_CALLSTATUS_INCOMPATIBLE,
  MESIBO_CALLSTATUS_INPROGRESS,
  MESIBO_CALLSTATUS_INVALIDDEST,
  MESIBO_CALLSTATUS_NETWORKBLOCKED,
  MESIBO_CALLSTATUS_NETWORKERROR,
  MESIBO_CALLSTATUS_NOANSWER,
  MESIBO_CALLSTATUS_NOTALLOWED,
  MESIBO_CALLSTATUS_OFFLINE,
  MESIBO_CALLSTATUS_RECONNECTING,
  MESIBO_CALLSTATUS_RINGING,
  MESIBO_CALLSTATUS_SWITCHED,
  MESIBO_CALLSTATUS_UNREACHABLE,
} from '../constants/call.ts';

type Phase = Exclude<CallStatus['phase'], 'ended'>;
type Reason = Extract<CallStatus, { phase: 'ended' }>['reason'];

/** Phases that are not named here are told by Mesibo_onCall, or not at all. */
const phases: { readonly [P in Phase]?: number } = {
  starting: MESIBO_CALLSTATUS_INPROGRESS,
  calling: MESIBO_CALLSTATUS_INPROGRESS,
  waking: MESIBO_CALLSTATUS_INPROGRESS,
  ringing: MESIBO_CALLSTATUS_RINGING,
  waiting: MESIBO_CALLSTATUS_RINGING,
  connecting: MESIBO_CALLSTATUS_ANSWER,
  connected: MESIBO_CALLSTATUS_CHANNELUP,
  reconnecting: MESIBO_CALLSTATUS_RECONNECTING,
};

const reasons: { readonly [R in Reason]: number } = {
  hangup: MESIBO_CALLSTATUS_COMPLETE,
  merged: MESIBO_CALLSTATUS_COMPLETE,
  declinedElsewhere: MESIBO_CALLSTATUS_COMPLETE,
  answeredElsewhere: MESIBO_CALLSTATUS_SWITCHED,
  cancelled: MESIBO_CALLSTATUS_CANCEL,
  // There is no status of its own for it.
  declined: MESIBO_CALLSTATUS_BUSY,
  busy: MESIBO_CALLSTATUS_BUSY,
  noAnswer: MESIBO_CALLSTATUS_NOANSWER,
  offline: MESIBO_CALLSTATUS_OFFLINE,
  blocked: MESIBO_CALLSTATUS_BLOCKED,
  notAllowed: MESIBO_CALLSTATUS_NOTALLOWED,
  rateLimited: MESIBO_CALLSTATUS_NOTALLOWED,
  invalidDestination: MESIBO_CALLSTATUS_INVALIDDEST,
  tooLong: MESIBO_CALLSTATUS_DURATIONEXCEEDED,
  lost: MESIBO_CALLSTATUS_UNREACHABLE,
  unknown: MESIBO_CALLSTATUS_BADCALLID,
  networkError: MESIBO_CALLSTATUS_NETWORKERROR,
  networkBlocked: MESIBO_CALLSTATUS_NETWORKBLOCKED,
  mediaError: MESIBO_CALLSTATUS_HWERROR,
  incompatible: MESIBO_CALLSTATUS_INCOMPATIBLE,
};

/** MESIBO_CALLSTATUS_* of a call; undefined where there is nothing to tell. */
export function callStatus(status: CallStatus, outgoing: boolean): number | undefined {
  if (status.phase !== 'ended') return phases[status.phase];
  // Who declines a call has not met somebody busy.
  if (status.reason === 'declined' && !outgoing) return MESIBO_CALLSTATUS_COMPLETE;
  // A newer server may say more than this knows.
  return reasons[status.reason] ?? MESIBO_CALLSTATUS_COMPLETE;
}
