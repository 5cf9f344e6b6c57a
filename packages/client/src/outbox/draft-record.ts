import { type Content, type MessageEvent, messageFlags, type SendFrame, StoaError } from '@stoa/protocol';
import { conversationId, targetOf } from '../conversations/index.ts';
import { type MessageRecord, outboxOrder } from '../store/index.ts';
import type { ConversationId, Draft, LocalMessage, Target } from '../types.ts';

/** What a message gets where it is handed in. */
export interface HandedIn {
  readonly id: number;
  readonly localId: number;
  /** This device's time. */
  readonly now: number;
  /** Given by another page that shares the client: it may hand the message in once more, to whoever leads then. */
  readonly key?: string;
}

/** The record of a message that goes into the outbox. `content`: the checked copy. */
export function recordOfDraft(
  target: Target,
  draft: Draft,
  content: Content,
  own: HandedIn & { readonly from: string },
): MessageRecord {
  const { id, localId, from, now, key } = own;
  const { expiry, ref, age, at } = draft;
  return {
    conversation: conversationId(target),
    order: outboxOrder(id),
    seq: 0,
    mid: 0,
    id,
    localId: draft.localId ?? localId,
    from,
    outgoing: true,
    ts: now,
    type: draft.type ?? 0,
    flags: draft.flags ?? messageFlags.deliveryReceipt | messageFlags.readReceipt,
    ...(expiry === undefined ? {} : { expiry, expiresAt: now + expiry * 1000 }),
    ...(ref === undefined ? {} : { ref }),
    ...(age === undefined ? {} : { age: { seconds: age.seconds, from: age.from } }),
    ...(at === undefined ? {} : { scheduledAt: at }),
    content,
    pending: id,
    ...(key === undefined ? {} : { key }),
  };
}

/** The record of a change that goes into the outbox. */
export function recordOfChange(
  conversation: ConversationId,
  change: { readonly event: MessageEvent; readonly target: number; readonly content: Content },
  own: { readonly id: number; readonly from: string; readonly now: number },
): MessageRecord {
  return {
    conversation,
    order: outboxOrder(own.id),
    seq: 0,
    mid: 0,
    id: own.id,
    localId: 0,
    from: own.from,
    outgoing: true,
    ts: own.now,
    type: 0,
    flags: 0,
    ...change,
    pending: own.id,
  };
}

/** What remains of a message that was deleted before it was answered. */
export function withdrawn({ pending, content, revision, ...place }: MessageRecord): MessageRecord {
  return { ...place, withdrawn: true };
}

/**
 * The draft that a message was made of, to send it anew.
 *
 * @throws StoaError BAD_REQUEST when it is not an own message that failed
 */
export function draftToRepeat(message: LocalMessage): Draft {
  if (message.status !== 'failed' && message.status !== 'blocked') {
    throw new StoaError('BAD_REQUEST', 'Only an own message that failed can be sent again.', {
      hint: 'Messages in the outbox are sent again without help.',
    });
  }
  const { content = {}, type, flags, localId, ref, expiresAt, ts, age } = message;
  return {
    content,
    type,
    flags,
    localId,
    ...(ref === undefined ? {} : { ref }),
    ...(age === undefined ? {} : { age }),
    ...(expiresAt === undefined ? {} : { expiry: Math.max(1, Math.round((expiresAt - ts) / 1000)) }),
  };
}

/** The frame of a waiting message. The time that it has waited here counts: `now` is this device's time. */
export function sendFrame(record: MessageRecord, now: number): SendFrame {
  const {
    id,
    conversation,
    content = {},
    type,
    flags,
    localId,
    ref,
    expiresAt,
    age,
    scheduledAt,
    event,
    target,
  } = record;
  return {
    t: 'send',
    id,
    ...targetOf(conversation),
    content,
    type,
    flags,
    localId,
    ...(expiresAt === undefined ? {} : { expiry: Math.max(1, Math.ceil((expiresAt - now) / 1000)) }),
    ...(ref === undefined ? {} : { ref }),
    ...(age === undefined ? {} : { age }),
    ...(scheduledAt === undefined ? {} : { at: scheduledAt }),
    ...(event === undefined || target === undefined ? {} : { event, target }),
  };
}
