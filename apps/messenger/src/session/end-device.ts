import type { Client } from '@stoa/client';

/** Without a connection, or with a slow one, the server is not told: the user does not wait for it any longer. */
const patienceMs = 3000;

/** Tells the server that this device is signed out: its token opens nothing any more, and nothing wakes it. */
export async function endDevice(client: Client): Promise<void> {
  if (client.status.state !== 'online') return;
  const ended = async (): Promise<void> => {
    const { devices } = await client.request('devices.list', {});
    const own = devices.find(({ current }) => current);
    if (own !== undefined) await client.request('devices.signOut', { dev: own.dev });
  };
  const patience = new Promise<void>((resolve) => {
    setTimeout(resolve, patienceMs);
  });
  await Promise.race([ended().catch(() => {}), patience]);
}

/** Removes a database of this browser; at once, or when the last page that has it open is closed. */
export function removeDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    request.onblocked = () => resolve();
  });
}
