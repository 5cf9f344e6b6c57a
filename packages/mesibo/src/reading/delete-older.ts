import type { Client, Target } from '@stoa/client';
import { all, NewestFirst } from './message-source.ts';

/** Deletes the messages of a conversation until `ts` (milliseconds since 1970), on all devices of the user. */
export async function deleteOlderThan(client: Client, target: Target, ts: number): Promise<void> {
  const old = (await all(new NewestFirst(client, target))).filter((message) => message.ts <= ts);
  const newest = Math.max(0, ...old.map(({ seq }) => seq));
  if (newest > 0) await client.clearConversation(target, newest);
  const withoutPlace = old.filter(({ seq }) => seq === 0).map(({ order }) => order);
  if (withoutPlace.length > 0) await client.deleteMessages(target, withoutPlace);
}
