import type { MemberReceipts } from '@stoa/client';
import {
  MESIBO_MSGSTATUS_DELIVERED,
  MESIBO_MSGSTATUS_FAIL,
  MESIBO_MSGSTATUS_READ,
} from '../constants/message.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import type { MesiboMessage } from './message.ts';

/** A member of a group has received or read a message: MESIBO_MSGSTATUS_*. */
export interface MemberStatus {
  readonly user: string;
  readonly status: number;
}

/**
 * Tells of every member who has received or read an own message of a group. The first one changes the status of the
 * message, which is told of by that; the others are told here.
 */
export function tellMemberStatuses(context: Context, { conversation, members }: MemberReceipts): void {
  for (const message of context.messages.ownIn(conversation)) {
    const steps = stepsOf(message, members);
    const [first] = steps;
    if (first === undefined) continue;
    const state = message[internal];
    state.latestMember = first;
    const others = first.status > message.status ? steps.slice(1) : steps;
    // The status of the message itself is changed right after this.
    queueMicrotask(() => {
      for (const step of others) {
        state.latestMember = step;
        context.listeners.notify('MessageStatus', message);
      }
    });
  }
}

/** What is new of the message, who has read it first. */
function stepsOf(message: MesiboMessage, members: MemberReceipts['members']): MemberStatus[] {
  const { local, memberStatuses } = message[internal];
  const seq = local?.seq ?? 0;
  if (seq === 0 || message.status >= MESIBO_MSGSTATUS_FAIL) return [];
  const steps: MemberStatus[] = [];
  for (const { user, after = 0, delivered = 0, read = 0 } of members) {
    if (after >= seq || (delivered < seq && read < seq)) continue;
    const status = read >= seq ? MESIBO_MSGSTATUS_READ : MESIBO_MSGSTATUS_DELIVERED;
    const known = memberStatuses.get(user);
    if ((known ?? 0) >= status || (known === undefined && memberStatuses.size >= membersTold)) continue;
    memberStatuses.set(user, status);
    steps.push({ user, status });
  }
  return steps.sort((a, b) => b.status - a.status);
}

/** Of a larger group, no more are told one by one; getDeliveryTimestamp() answers for all. */
const membersTold = 1_000;
