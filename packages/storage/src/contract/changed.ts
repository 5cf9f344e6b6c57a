import { describe, expect, it } from 'vitest';
import { newApp, newMessage, newUser, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeChanged(open: OpenStore): void {
  describe('what changed since a position', () => {
    const tested = useStore(open);

    /** A user with conversations with `others`, each begun by the other with one message, one after the other in time. */
    async function setUp(others: number) {
      const { aid } = await newApp(tested.store);
      const { uid } = await newUser(tested.store, aid, 'me');
      const peers: number[] = [];
      const convs: number[] = [];
      const write = async (peer: number, ts: number, sender = peer) => {
        const conversation = { kind: 'pair', aid, a: uid, b: peer } as const;
        return (await tested.store.log.append(newMessage({ conversation, sender, ts }))).conv;
      };
      for (let index = 0; index < others; index++) {
        const peer = (await newUser(tested.store, aid, `peer${index}`)).uid;
        peers.push(peer);
        convs.push(await write(peer, now + index));
      }
      const changed = async (position: number, limit = 100) => {
        const result = await tested.store.cursors.changed({ uid, dev: 0, position, limit });
        return { position: result.position, convs: result.conversations.map(({ conv }) => conv) };
      };
      return { aid, uid, peers, convs, write, changed };
    }

    it('is everything from 0 on, newest message first, and then nothing', async () => {
      const { convs, changed } = await setUp(3);
      const all = await changed(0);
      expect(all.convs).toEqual([...convs].reverse());
      expect(all.position).toBeGreaterThan(0);
      expect(await changed(all.position)).toEqual({ position: all.position, convs: [] });
    });

    it('is nothing for a user without conversations', async () => {
      const { changed } = await setUp(0);
      expect((await changed(0)).convs).toEqual([]);
    });

    it('is what got a message from either side', async () => {
      const { uid, peers, convs, write, changed } = await setUp(3);
      const { position } = await changed(0);
      await write(peers[1] ?? 0, now + 10);
      const next = await changed(position);
      expect(next.convs).toEqual([convs[1]]);
      await write(peers[0] ?? 0, now + 11, uid);
      expect((await changed(next.position)).convs).toEqual([convs[0]]);
      expect((await changed(position)).convs).toEqual([convs[0], convs[1]]);
    });

    it('is also where a cursor of either side moved, and not where it did not', async () => {
      const { uid, peers, convs, changed } = await setUp(3);
      const advance = (index: number, who: number, kind: 'received' | 'seen' | 'read') =>
        tested.store.cursors.advance({ conv: convs[index] ?? 0, uid: who, dev: 0, kind, seq: 1, now });
      let { position } = await changed(0);
      const next = async () => {
        const result = await changed(position);
        position = result.position;
        return result.convs;
      };
      await advance(0, uid, 'received');
      expect(await next()).toEqual([convs[0]]);
      await advance(1, peers[1] ?? 0, 'seen');
      expect(await next()).toEqual([convs[1]]);
      await advance(1, peers[1] ?? 0, 'read');
      expect(await next()).toEqual([convs[1]]);
      await advance(1, peers[1] ?? 0, 'received');
      expect(await next()).toEqual([]);
    });

    it('has the state of the conversation for the device', async () => {
      const { uid, convs } = await setUp(1);
      const { dev } = await tested.store.devices.open({ uid, id: 'x', agent: '', position: undefined, now });
      const conv = convs[0] ?? 0;
      await tested.store.cursors.advance({ conv, uid, dev, kind: 'received', seq: 1, now });
      const { conversations } = await tested.store.cursors.changed({ uid, dev, position: 0, limit: 10 });
      expect(conversations).toEqual([await tested.store.cursors.forDevice(conv, uid, dev)]);
      expect(conversations[0]).toMatchObject({ received: 1 });
    });

    it('is not what happened among others', async () => {
      const { aid, peers, changed } = await setUp(2);
      const { position } = await changed(0);
      const [a = 0, b = 0] = peers;
      await tested.store.log.append(newMessage({ conversation: { kind: 'pair', aid, a, b }, sender: a }));
      expect((await changed(position)).convs).toEqual([]);
    });

    it('comes in pages that neither overlap nor leave out, also where times are equal', async () => {
      const { uid, peers, convs, write } = await setUp(9);
      for (const peer of peers) await write(peer, now + 50);
      const pages: number[][] = [];
      let before: { lastAt: number; conv: number } | undefined;
      while (pages.length < 5) {
        const query = { uid, dev: 0, position: 0, limit: 4, ...(before && { before }) };
        const { conversations } = await tested.store.cursors.changed(query);
        pages.push(conversations.map(({ conv }) => conv));
        before = conversations.at(-1);
        if (before === undefined) break;
      }
      expect(pages.map((page) => page.length)).toEqual([4, 4, 1, 0]);
      expect(pages.flat()).toEqual([...convs].reverse());
    });

    it('is found from the position of the first page when it changed between pages', async () => {
      const { uid, convs, peers, write, changed } = await setUp(4);
      const first = await changed(0, 2);
      expect(first.convs).toEqual([convs[3], convs[2]]);
      await write(peers[0] ?? 0, now + 10);
      const { conversations } = await tested.store.cursors.changed({
        uid,
        dev: 0,
        position: 0,
        limit: 2,
        before: { lastAt: now + 2, conv: convs[2] ?? 0 },
      });
      expect(conversations.map(({ conv }) => conv)).toEqual([convs[1]]);
      expect((await changed(first.position)).convs).toEqual([convs[0]]);
    });
  });
}
