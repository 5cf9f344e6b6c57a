import type { Content, MessageEvent, MessageFrame } from '@stoa/protocol';
import type { MessageRecord } from '../store/index.ts';

/** A change of a message, as it stands in the log of its conversation. */
export interface LoggedChange {
  readonly event: MessageEvent;
  /** Place of the message that it changes. */
  readonly target: number;
  readonly content: Content;
  readonly from: string;
  readonly seq: number;
  readonly ts: number;
}

/** Undefined when it is an event that this version does not know: it has a place and nothing more. */
export function loggedChange(frame: MessageFrame): LoggedChange | undefined {
  const { event, target, content = {}, from, seq, ts } = frame;
  if (target === undefined || (event !== 'edit' && event !== 'recall')) return undefined;
  return { event, target, content, from, seq, ts };
}

/**
 * The message as it is after a change; the same object when the change has no effect on it. Edits count in the order
 * of their places, whatever the order in which they come, and nothing brings back what was recalled.
 */
export function changedRecord(record: MessageRecord, change: LoggedChange): MessageRecord {
  if (record.gone !== undefined || record.from !== change.from) return record;
  if (change.event === 'recall') return withoutContent(record, 'recalled');
  // The server has emptied it because of a recall, which is still to come.
  if (Object.keys(change.content).length === 0) return record;
  return includes(record, change)
    ? record
    : { ...record, content: change.content, edited: change.ts, editedSeq: change.seq };
}

/** Only the place of the message is left, and what is known besides what it said. */
function withoutContent(record: MessageRecord, gone: NonNullable<MessageRecord['gone']>): MessageRecord {
  const { content, edited, editedSeq, disappearsAt, ...others } = record;
  return { ...others, gone };
}

/**
 * Whether the edit is part of the message. One that the server handed out with edits tells only the time of the last
 * of them; those before it say nothing new, and it comes by itself.
 */
function includes({ edited, editedSeq }: MessageRecord, { seq, ts }: LoggedChange): boolean {
  if (edited === undefined) return false;
  return editedSeq === undefined ? ts < edited : seq <= editedSeq;
}
