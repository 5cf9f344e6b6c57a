import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@stoa/bus';
import { type ConnectedDevices, publishToUser, subjects } from '../events.ts';

/**
 * The devices of a user that are connected, on whatever node. There is no register of sessions that could be out of
 * date: the nodes that hold some are asked, and who does not answer within the time has none.
 */
export async function connectedDevices(bus: Bus, uid: number, waitMs = answerMs): Promise<Set<number>> {
  const devs = new Set<number>();
  const reply = subjects.inbox(randomUUID());
  const answers = await bus.subscribe(reply, (event) => {
    if (event.type !== 'connected-devices') return;
    for (const dev of (event as ConnectedDevices).devs) devs.add(dev);
  });
  try {
    publishToUser(bus, uid, { type: 'device-query', reply });
    await delay(waitMs);
  } finally {
    answers.unsubscribe();
  }
  return devs;
}

/** How long nodes have to answer. */
const answerMs = 200;
