import type { Client, LocalMessage, Target } from '@stoa/client';
import type { Context } from '../context.ts';
import { messageStatus } from '../messages/message-status.ts';
import { all, allTargets, NewestFirst } from './message-source.ts';

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

/** What is counted with the client; 0 when that fails, which the application is told of: it waits for a number. */
export async function countedBy(
  context: Context,
  count: (client: Client) => Promise<number>,
): Promise<number> {
  try {
    return await count(await context.whenClient());
  } catch (error) {
    context.fail(error);
    return 0;
  }
}

/** Number of matching messages of a conversation on this device, undefined: of all of them. Reads them all. */
export function countMessages(
  context: Context,
  target: Target | undefined,
  matches: (message: LocalMessage) => boolean,
): Promise<number> {
  return countedBy(context, async (client) => {
    let count = 0;
    for (const each of target === undefined ? await allTargets(client) : [target]) {
      for (const message of await all(new NewestFirst(client, each))) if (matches(message)) count++;
    }
    return count;
  });
}
