import type { Peer } from './peer.ts';
import { relayPeer, socketIoPeer } from './plain-peers.ts';
import { stoaOnPostgresPeer, stoaPeer } from './stoa-peers.ts';

export type { Peer } from './peer.ts';

/** Each of them knows so many users, and groups of these sizes. In the order in which they take turns. */
const peers: Readonly<
  Record<string, (users: number, groupSizes: readonly number[]) => Peer | Promise<Peer>>
> = {
  relay: relayPeer,
  stoa: stoaPeer,
  'stoa-postgres': stoaOnPostgresPeer,
  'socket.io': socketIoPeer,
};

export const peerNames: readonly string[] = Object.keys(peers);

/** @throws Error when there is no such peer. */
export async function createPeer(name: string, users: number, groupSizes: readonly number[]): Promise<Peer> {
  const create = peers[name];
  if (create === undefined) throw new Error(`There is no peer "${name}". There are ${peerNames.join(', ')}.`);
  return create(users, groupSizes);
}
