import type { ConversationRecord, MessageRecord } from '../store/index.ts';
import { hasReached } from './peer-progress.ts';

/** When cursors reached a message: times of the server, undefined for what has not happened. */
interface Reached {
  readonly deliveredAt?: number | undefined;
  readonly readAt?: number | undefined;
}

/**
 * The message with the time at which it disappears, as soon as that is known. What is not known exactly is taken to
 * have happened now: a message never disappears too early.
 *
 * @param now the server's time
 */
export function withDisappearance(
  message: MessageRecord,
  conversation: ConversationRecord,
  now: number,
): MessageRecord {
  if (message.age === undefined || message.seq === 0) return message;
  const { seq, outgoing } = message;
  const { peerCursor, read } = conversation;
  if (!outgoing) return reached(message, { deliveredAt: now, readAt: seq <= read ? now : undefined });
  return reached(message, {
    deliveredAt: hasReached('delivered', seq, conversation) ? peerCursor.deliveredAt : undefined,
    readAt: hasReached('read', seq, conversation) ? peerCursor.readAt : undefined,
  });
}

/** The same, when these moments have become known. The first ones count. */
export function reached(message: MessageRecord, { deliveredAt, readAt }: Reached): MessageRecord {
  const { age, disappearsAt, content, ts } = message;
  if (age === undefined || disappearsAt !== undefined || content === undefined) return message;
  const begin = { sent: ts, delivered: deliveredAt, read: readAt }[age.from];
  return begin === undefined ? message : { ...message, disappearsAt: begin + age.seconds * 1000 };
}
