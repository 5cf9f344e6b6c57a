import type { LocalMessage } from '@stoa/client';
import type { CallLog } from '@stoa/protocol';
import {
  MESIBO_MSGSTATUS_BLOCKED,
  MESIBO_MSGSTATUS_CALLINCOMING,
  MESIBO_MSGSTATUS_CALLMISSED,
  MESIBO_MSGSTATUS_CALLOUTGOING,
  MESIBO_MSGSTATUS_DELETED,
  MESIBO_MSGSTATUS_DELIVERED,
  MESIBO_MSGSTATUS_EMPTY,
  MESIBO_MSGSTATUS_EXPIRED,
  MESIBO_MSGSTATUS_FAIL,
  MESIBO_MSGSTATUS_GROUPPAUSED,
  MESIBO_MSGSTATUS_INBOXFULL,
  MESIBO_MSGSTATUS_INVALIDDEST,
  MESIBO_MSGSTATUS_NOTMEMBER,
  MESIBO_MSGSTATUS_OUTBOX,
  MESIBO_MSGSTATUS_READ,
  MESIBO_MSGSTATUS_RECEIVEDNEW,
  MESIBO_MSGSTATUS_RECEIVEDREAD,
  MESIBO_MSGSTATUS_SENT,
} from '../constants/message.ts';

const statuses = {
  outbox: MESIBO_MSGSTATUS_OUTBOX,
  scheduled: MESIBO_MSGSTATUS_OUTBOX,
  sent: MESIBO_MSGSTATUS_SENT,
  delivered: MESIBO_MSGSTATUS_DELIVERED,
  read: MESIBO_MSGSTATUS_READ,
  expired: MESIBO_MSGSTATUS_EXPIRED,
  unread: MESIBO_MSGSTATUS_RECEIVEDNEW,
  seen: MESIBO_MSGSTATUS_RECEIVEDREAD,
} as const;

const failures: Readonly<Record<string, number>> = {
  INVALID_DESTINATION: MESIBO_MSGSTATUS_INVALIDDEST,
  NOT_FOUND: MESIBO_MSGSTATUS_INVALIDDEST,
  MESSAGE_EXPIRED: MESIBO_MSGSTATUS_EXPIRED,
  NOT_A_MEMBER: MESIBO_MSGSTATUS_NOTMEMBER,
  GROUP_PAUSED: MESIBO_MSGSTATUS_GROUPPAUSED,
  BLOCKED: MESIBO_MSGSTATUS_BLOCKED,
  PERMISSION_DENIED: MESIBO_MSGSTATUS_BLOCKED,
  TOO_MANY: MESIBO_MSGSTATUS_INBOXFULL,
};

/** MESIBO_MSGSTATUS_* of a message. */
export function messageStatus(message: LocalMessage): number {
  const { status, error, outgoing, gone, content } = message;
  if (gone !== undefined && gone !== 'expired') return MESIBO_MSGSTATUS_DELETED;
  if (content?.call !== undefined) return callLogStatus(content.call.outcome, outgoing);
  if (status === 'failed' || status === 'blocked') return failureStatus(error?.code);
  // Only the place is left of a message that expired before it came here.
  return status === 'expired' && !outgoing ? MESIBO_MSGSTATUS_EMPTY : statuses[status];
}

function callLogStatus(outcome: CallLog['outcome'], outgoing: boolean): number {
  if (outgoing) return MESIBO_MSGSTATUS_CALLOUTGOING;
  // While the user was in another call, he was not asked.
  return outcome === 'missed' || outcome === 'busy'
    ? MESIBO_MSGSTATUS_CALLMISSED
    : MESIBO_MSGSTATUS_CALLINCOMING;
}

/** Whether a message of somebody else expired before it came here: there is nothing to show. */
export function isGone({ outgoing, content, gone = 'expired' }: LocalMessage): boolean {
  return !outgoing && content === undefined && gone === 'expired';
}

/** MESIBO_MSGSTATUS_* of a message that was refused with this code. */
export function failureStatus(code: string | undefined): number {
  return failures[code ?? ''] ?? MESIBO_MSGSTATUS_FAIL;
}
