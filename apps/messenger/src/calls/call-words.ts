import type { CallEndReason, CallLog } from '@stoa/protocol';
import type { CallView } from './call-board.ts';

/** What is going on in a call, in a few words; empty while the two talk. */
export function statusText({ call, status, media, peerMedia, problem }: CallView, name: string): string {
  switch (status.phase) {
    case 'starting':
      return call.video ? 'Opening camera and microphone…' : 'Opening the microphone…';
    case 'calling':
      return 'Calling…';
    case 'waking':
      return `Calling… ${name} seems to be away.`;
    case 'ringing':
      return 'Ringing…';
    case 'waiting':
      return `${name} is in another call, and sees that you are calling.`;
    case 'incoming':
    case 'answering':
    case 'connecting':
      return 'Connecting…';
    case 'reconnecting':
      return 'Reconnecting…';
    case 'interrupted':
      return 'This call was interrupted when the page was loaded anew.';
    case 'connected':
      if (media.hold) return 'You have put the call on hold.';
      return peerMedia.hold ? `${name} has put the call on hold.` : '';
    case 'ended':
      return status.reason === 'mediaError' && problem !== undefined
        ? 'The call could not begin.'
        : endText(status.reason, name);
  }
}

/** Why a call ended, in plain words. */
export function endText(reason: CallEndReason, name: string): string {
  switch (reason) {
    case 'hangup':
    case 'merged':
    case 'unknown':
      return 'Call ended';
    case 'cancelled':
      return 'Call cancelled';
    case 'declined':
      return `${name} declined the call.`;
    case 'busy':
      return `${name} is in another call.`;
    case 'noAnswer':
      return `${name} did not answer.`;
    case 'offline':
      return `${name} cannot be reached at the moment.`;
    case 'answeredElsewhere':
      return 'The call was answered elsewhere.';
    case 'declinedElsewhere':
      return 'The call was declined on another device.';
    case 'blocked':
      return `${name} does not take calls from you.`;
    case 'notAllowed':
      return 'You are not allowed to make this call.';
    case 'invalidDestination':
      return 'Nobody has this address.';
    case 'tooLong':
      return 'The call has reached the longest time that this server allows.';
    case 'lost':
      return 'The connection was lost.';
    case 'rateLimited':
      return 'Too many calls in a short time. Wait a minute, and call again.';
    case 'networkError':
      return 'No connection came about. Check the network, and call again.';
    case 'networkBlocked':
      return 'The network did not let the call through. Try another network.';
    case 'mediaError':
      return 'The microphone could not be used.';
    case 'incompatible':
      return 'The two browsers cannot call each other. Update them, and call again.';
  }
}

/** What the conversation keeps of a call: "Missed video call", "Voice call, 2 min 10 s". */
export function callLogText({ outcome, seconds, video }: CallLog, outgoing: boolean): string {
  const kind = video ? 'video call' : 'voice call';
  const Kind = video ? 'Video call' : 'Voice call';
  switch (outcome) {
    case 'answered':
      return `${Kind}, ${spokenDuration(seconds)}`;
    case 'missed':
      return outgoing ? `${Kind}, no answer` : `Missed ${kind}`;
    case 'busy':
      return outgoing ? `${Kind}, busy` : `Missed ${kind}`;
    case 'declined':
      return outgoing ? `${Kind}, declined` : `Declined ${kind}`;
    case 'failed':
      return `${Kind}, no connection`;
  }
}

/** "8 s", "2 min 10 s", "1 h 5 min". */
export function spokenDuration(seconds: number): string {
  const [hours, minutes, rest] = parts(seconds);
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes === 0) return `${rest} s`;
  return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
}

/** As on a clock: "0:08", "2:10", "1:05:00". */
export function clockDuration(seconds: number): string {
  const [hours, minutes, rest] = parts(seconds);
  const padded = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}

function parts(seconds: number): [hours: number, minutes: number, seconds: number] {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
}
