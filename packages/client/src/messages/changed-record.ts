import type { Content, Marks, MessageEvent, MessageFrame } from '@stoa/protocol';
import { isUnbroken, type Runs } from '../conversations/index.ts';
import type { MessageRecord } from '../store/index.ts';
import { isMarkEvent, withDelta, withSnapshot } from './marks.ts';

/** A change of a message, as it stands in the log of its conversation. */
export interface LoggedChange {
  readonly event: MessageEvent;
  /** Place of the message that it changes. */
  readonly target: number;
  readonly content: Content;
  readonly from: string;
  readonly seq: number;
  readonly ts: number;
  /** All that is on the target, when the server tells that instead of what the event says. */
  readonly marks?: Marks;
}

/** Undefined when it is an event that this version does not know: it has a place and nothing more. */
export function loggedChange(frame: MessageFrame): LoggedChange | undefined {
  const { event, target, content = {}, from, seq, ts, marks } = frame;
  if (target === undefined || event === undefined) return undefined;
  const isKnown = event === 'edit' || event === 'recall' || isMarkEvent(event);
  return isKnown ? { event, target, content, from, seq, ts, ...(marks && { marks }) } : undefined;
}

/**
 * The message as it is after a change; the same object when the change has no effect on it. Edits count in the order
 * of their places, whatever the order in which they come, and nothing brings back what was recalled.
 *
 * @param runs places of the conversation that are known
 */
export function changedRecord(record: MessageRecord, change: LoggedChange, runs: Runs = []): MessageRecord {
  if (record.gone !== undefined) return record;
  if (isMarkEvent(change.event)) return markedRecord(record, change, runs);
  if (record.from !== change.from) return record;
  if (change.event === 'recall') return withoutContent(record, 'recalled');
  // The server has emptied it because of a recall, which is still to come.
  if (Object.keys(change.content).length === 0) return record;
  return includes(record, change)
    ? record
    : { ...record, content: change.content, edited: change.ts, editedSeq: change.seq };
}

/** The message with all that is on it, as the server tells; the same object when that is nothing new. */
export function recordWithMarks(record: MessageRecord, told: Marks): MessageRecord {
  if (record.gone !== undefined) return record;
  const marks = withSnapshot(record.marks, told);
  return marks === undefined || marks === record.marks ? record : { ...record, marks };
}

function markedRecord(record: MessageRecord, change: LoggedChange, runs: Runs): MessageRecord {
  const { event, seq, ts, from: user, content, marks: told } = change;
  if (told !== undefined) return recordWithMarks(record, told);
  const isComplete = isUnbroken(runs, record.seq, seq - 1);
  const marks = withDelta(record.marks, { event, seq, ts, user, content }, isComplete);
  return marks === undefined || marks === record.marks ? record : { ...record, marks };
}

/** Only the place of the message is left, and what is known besides what it said. */
function withoutContent(record: MessageRecord, gone: NonNullable<MessageRecord['gone']>): MessageRecord {
  const { content, edited, editedSeq, disappearsAt, marks, ...others } = record;
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
