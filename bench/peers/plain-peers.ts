import type { LoadUser } from '@stoa/cli/bench';
import type { Peer } from './peer.ts';
import { startServerProcess } from './server-process.ts';
import { tempFolder } from './temp-folder.ts';

/** The practical ceiling of Node: no storage, no receipts. */
export function relayPeer(users: number, groupSizes: readonly number[]): Peer {
  return {
    name: 'relay',
    users: addresses(users),
    // It takes the group's name for how many of the users behind the first are in it.
    groups: groupSizes.map((size) => ({ name: String(size), size })),
    wire: new URL('./relay-wire.ts', import.meta.url).href,
    start: () => startServerProcess({ file: './relay.ts', env: {} }),
    close: async () => {},
  };
}

/** The usual home-made chat. */
export function socketIoPeer(users: number): Peer {
  return {
    name: 'socket.io',
    users: addresses(users),
    groups: [],
    wire: new URL('./socket-io-wire.ts', import.meta.url).href,
    async start() {
      const folder = tempFolder();
      const server = await startServerProcess({
        file: './socket-io.ts',
        env: { BENCH_DATA_DIR: folder.path },
      });
      return {
        ...server,
        async stop() {
          await server.stop();
          folder.remove();
        },
      };
    },
    close: async () => {},
  };
}

/** These servers take everybody at his word. */
function addresses(count: number): LoadUser[] {
  return Array.from({ length: count }, (_, index) => ({ address: `user-${index}`, token: '' }));
}
