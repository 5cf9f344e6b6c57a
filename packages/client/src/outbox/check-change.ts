import { limits, StoaError } from '@stoa/protocol';
import { isMarkEvent, type PendingChange } from '../messages/index.ts';
import type { LocalMessage } from '../types.ts';
import { checkContent } from './check-draft.ts';

/**
 * Refuses changes that no server would take.
 *
 * @returns the change, with a copy of the content
 * @throws StoaError BAD_REQUEST when the message cannot be changed, BAD_FRAME or TOO_LARGE for its content
 */
export function checkChange(message: LocalMessage, { event, content }: PendingChange): PendingChange {
  if (!message.outgoing && !isMarkEvent(event)) {
    throw new StoaError('PERMISSION_DENIED', 'Only the sender can change a message.');
  }
  if (message.gone !== undefined) {
    throw new StoaError('BAD_REQUEST', 'There is nothing left of the message that could be changed.');
  }
  const isScheduled = message.scheduledAt !== undefined;
  const isWaiting = message.seq === 0 && message.status === 'outbox';
  if (isScheduled || (message.seq === 0 && (!isWaiting || isMarkEvent(event)))) {
    throw new StoaError('BAD_REQUEST', 'The server does not have this message.', {
      hint: isScheduled
        ? 'Cancel the scheduled message, and schedule another one.'
        : isWaiting
          ? 'Wait until the message was sent.'
          : 'A message that failed can be sent anew, or deleted.',
    });
  }
  const copy = checkContent(content);
  if (event === 'edit' && Object.keys(copy).length === 0) {
    throw new StoaError('BAD_FRAME', 'An edited message must still say something.', {
      hint: 'Recall it to take it back.',
    });
  }
  if (event === 'react' && (copy.reaction === undefined || copy.reaction.emoji.length > limits.emojiLength)) {
    throw new StoaError('BAD_FRAME', 'A reaction must be one emoji.');
  }
  return { event, content: copy };
}
