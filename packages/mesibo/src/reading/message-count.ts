import type { Client, LocalMessage, Target } from '@stoa/client';
import { messageStatus } from '../messages/message-status.ts';
import { all, NewestFirst } from './message-source.ts';

/** What getMessageCount counts besides single statuses. */
export const counted = { all: -1, sent: -2, received: -3, failed: -4 } as const;

/** Whether a message counts; `status` is MESIBO_MSGSTATUS_* or one of `counted`. */
export function matchesCount(status: number): (message: LocalMessage) => boolean {
  switch (status) {
    case counted.all:
      return () => true;
    case counted.sent:
      return (message) => message.outgoing;
    case counted.received:
      return (message) => !message.outgoing;
    case counted.failed:
      return ({ status }) => status === 'failed' || status === 'blocked' || status === 'expired';
    default:
      return (message) => messageStatus(message) === status;
  }
}

/** Number of matching messages of some conversations on this device. Reads them all. */
export async function countMessages(
  client: Client,
  targets: readonly Target[],
  matches: (message: LocalMessage) => boolean,
): Promise<number> {
  let count = 0;
  for (const target of targets) {
    for (const message of await all(new NewestFirst(client, target))) if (matches(message)) count++;
  }
  return count;
}
