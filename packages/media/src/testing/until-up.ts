import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '../transport/connection.ts';

/** A client of a test, with a connection that may not come up. */
interface Client {
  isUp(): Promise<boolean>;
  close(): void;
}

/** Longer than a handshake takes on a machine with much else to do. */
const handshakeMs = 5_000;

/**
 * Connects, and begins anew when a handshake got lost: libdatachannel before 0.24.5 loses one now and then whose first
 * message comes while it is being started. Devices replace such a connection, too.
 *
 * @param connect a new client, and all that it takes to connect it
 */
export async function untilUp<T extends Client>(connect: () => Promise<T>): Promise<T> {
  for (;;) {
    const client = await connect();
    if (await client.isUp()) return client;
    client.close();
  }
}

/** Whether it comes up soon; the side that has lost the handshake may know, the other one never hears of it. */
export async function comesUp(connection: Connection): Promise<boolean> {
  const end = performance.now() + handshakeMs;
  while (connection.state === 'connecting' && performance.now() < end) await wait(5);
  return connection.state === 'connected';
}
