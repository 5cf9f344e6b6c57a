import type { Client, Target } from '@stoa/client';
import { all, NewestFirst } from './message-source.ts';

/** Deletes the messages of a conversation until `ts` (milliseconds since 1970) from this device. */
export async function deleteOlderThan(client: Client, target: Target, ts: number): Promise<void> {
  const messages = await all(new NewestFirst(client, target));
  const orders = messages.filter((message) => message.ts <= ts).map((message) => message.order);
  if (orders.length > 0) await client.deleteMessages(target, orders);
}
