import type { Client } from '@stoa/client';

type Fail = (error: unknown) => void;

/** Somebody has to let him into the group. Returns what ends waiting for that. */
export function waitToBeLetIn(client: Client, gid: number, onLetIn: () => void, fail: Fail): () => void {
  const off = client.on('group', (change) => {
    if (change.gid !== gid || change.event !== 'joined') return;
    off();
    onLetIn();
  });
  return () => {
    off();
    turnAway(client, gid, fail);
  };
}

/** Else the client would be in the room as soon as somebody lets it in. */
export function turnAway({ rooms }: Client, gid: number, fail: Fail): void {
  rooms.waiting(gid)?.leave().catch(fail);
}
