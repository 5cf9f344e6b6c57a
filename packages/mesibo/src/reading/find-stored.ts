import type { Client, LocalMessage } from '@stoa/client';
import { allTargets, NewestFirst, pageSize } from './message-source.ts';

/** The message on this device with this id, of the server or (of what was sent from here) of the application. */
export async function findStored(client: Client, id: number | string): Promise<LocalMessage | undefined> {
  const wanted = Number(id);
  // What waits in the outbox has no id of the server yet: 0 would be any of it.
  if (!(wanted > 0)) return undefined;
  for (const target of await allTargets(client)) {
    const source = new NewestFirst(client, target);
    for (let page = await source.next(pageSize); page.length > 0; page = await source.next(pageSize)) {
      const found = page.find(
        (message) => message.mid === wanted || (message.id !== 0 && message.localId === wanted),
      );
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
