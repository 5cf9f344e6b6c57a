import type { LocalMessage } from '@stoa/client';
import { startOfDay } from '../ui/time.ts';
import { type MessageWindow, messageKey } from './message-window.ts';

export interface TimelineItem {
  readonly key: string;
  readonly message: LocalMessage;
  /** Begins and ends a run of messages that one side wrote within minutes. */
  readonly first: boolean;
  readonly last: boolean;
  /** The line "unread messages" stands above it. */
  readonly divider: boolean;
}

export interface TimelineDay {
  /** Midnight at which the day began. */
  readonly start: number;
  readonly items: readonly TimelineItem[];
}

const runMs = 5 * 60_000;

/** Arranges messages under the days on which they were written. */
export function timelineDays(
  messages: MessageWindow,
  unreadFrom: number | undefined,
): readonly TimelineDay[] {
  const days: { start: number; items: TimelineItem[] }[] = [];
  const isDivider = (message: LocalMessage | undefined): boolean =>
    unreadFrom !== undefined && message?.order === unreadFrom;
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const divider = isDivider(message);
    const item: TimelineItem = {
      key: messageKey(message),
      message,
      first: before === undefined || divider || !sameRun(before, message),
      last: after === undefined || isDivider(after) || !sameRun(message, after),
      divider,
    };
    const start = startOfDay(message.ts);
    const day = days.at(-1);
    if (day?.start === start) day.items.push(item);
    else days.push({ start, items: [item] });
  }
  return days;
}

function sameRun(a: LocalMessage, b: LocalMessage): boolean {
  return a.from === b.from && b.ts - a.ts < runMs && startOfDay(a.ts) === startOfDay(b.ts);
}
