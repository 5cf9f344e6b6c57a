import type { LocalMessage } from '@stoa/client';

/** What can be done with a message from its menu. */
export type MessageAction =
  | 'reply'
  | 'thread'
  | 'edit'
  | 'copy'
  | 'forward'
  | 'pin'
  | 'unpin'
  | 'closePoll'
  | 'info'
  | 'delete';

/** The actions that make sense for a message, in the order of the menu. */
export function actionsFor(message: LocalMessage): MessageAction[] {
  const { outgoing, content, seq, status, pinned, pollClosed } = message;
  const actions: MessageAction[] = [];
  const isWritten = content?.text !== undefined && content.text !== '';
  const isStored = seq > 0;
  // What the server has written of a call.
  if (content?.call !== undefined) return ['delete'];
  if (content !== undefined && isStored) actions.push('reply', 'thread');
  if (outgoing && isWritten && (isStored || status === 'outbox')) actions.push('edit');
  if (isWritten) actions.push('copy');
  if (content !== undefined) actions.push('forward');
  if (content !== undefined && isStored) actions.push(pinned === undefined ? 'pin' : 'unpin');
  const isOpenPoll = content?.poll !== undefined && pollClosed === undefined;
  if (outgoing && isStored && isOpenPoll) actions.push('closePoll');
  if (outgoing && isStored && content !== undefined) actions.push('info');
  actions.push('delete');
  return actions;
}

/** Whether an own message can be deleted for everybody. Only the server knows until when it takes that. */
export function isRecallable({ outgoing, content, seq, status }: LocalMessage): boolean {
  return outgoing && content !== undefined && content.call === undefined && (seq > 0 || status === 'outbox');
}

export function isReactable({ content, seq }: LocalMessage): boolean {
  return content !== undefined && seq > 0;
}
