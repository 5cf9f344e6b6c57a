import { type ConversationFrame, unpackValue } from '@stoa/protocol';
import type { Store } from '@stoa/storage';
import { SocketClient, type TestUser } from '@stoa/testkit';
import { keyOf, witness, wordOf } from './naming.ts';
import {
  type ConversationTruth,
  type CursorTruth,
  type GroupTruth,
  type MessageTruth,
  pairsOf,
  type Truth,
} from './truth.ts';

/** What a node says, read with bare frames by a device of its own for each user, which acknowledges nothing. */
export async function auditNode(url: string, users: readonly TestUser[]): Promise<Truth> {
  const groups = new Map<number, readonly MessageTruth[]>();
  const readable = new Map<number, Record<string, readonly number[]>>();
  const logs = new Map<string, readonly MessageTruth[]>();
  const cursors = new Map<string, Record<string, CursorTruth>>();
  const leaked: string[] = [];
  for (const { address, token } of users) {
    const client = await SocketClient.open(url);
    await client.hello(token, { device: `auditor-of-${address}`.padEnd(16, '-') });
    await client.next('synced');
    const listed = client.frames.filter((frame) => frame.t === 'conversation');
    for (const conversation of listed) {
      const { peer, gid } = conversation;
      if (gid !== undefined) {
        const { entries, edits } = await history(client, { gid });
        const places = new Set(entries.map(({ seq }) => seq));
        for (const { target, text } of edits) {
          if (!places.has(target)) leaked.push(`${address} reads ${text} of ${target} in group ${gid}`);
        }
        if (address === witness) groups.set(gid, entries);
        else readable.set(gid, { ...readable.get(gid), [address]: entries.map(({ seq }) => seq) });
      }
      if (peer === undefined) continue;
      const name = [address, peer].sort().join();
      cursors.set(name, { ...cursors.get(name), ...cursorsOf(conversation, address, cursors.get(name)) });
      if (!logs.has(name)) logs.set(name, (await history(client, { peer })).entries);
    }
    client.terminate();
  }
  const conversations = pairsOf(pairing(users).map(({ address }) => address)).map(
    (members): ConversationTruth => {
      const name = members.join();
      return { members, messages: logs.get(name) ?? [], cursors: cursors.get(name) ?? {} };
    },
  );
  return {
    conversations,
    groups: [...groups]
      .map(([gid, messages]): GroupTruth => ({ gid, messages, readable: forAll(users, readable.get(gid)) }))
      .sort((a, b) => a.gid - b.gid),
    leaked,
  };
}

/** With nothing for those of whom nothing is known. */
function forAll(
  users: readonly TestUser[],
  readable: Readonly<Record<string, readonly number[]>> = {},
): GroupTruth['readable'] {
  return Object.fromEntries(pairing(users).map(({ address }) => [address, readable[address] ?? []]));
}

/** Those who write to each other. */
function pairing(users: readonly TestUser[]): readonly TestUser[] {
  return users.filter(({ address }) => address !== witness);
}

/** A conversation frame tells what the user has seen, and what the other side has received and read. */
function cursorsOf(
  { peer = '', read: seen, peerCursor }: ConversationFrame,
  address: string,
  before: Record<string, CursorTruth> = {},
): Record<string, CursorTruth> {
  const own = before[address] ?? { delivered: 0, read: 0, seen: 0 };
  if (peerCursor === undefined) return { [address]: { ...own, seen } };
  const { delivered, read } = peerCursor;
  const other = before[peer] ?? { delivered: 0, read: 0, seen: 0 };
  return { [address]: { ...own, seen }, [peer]: { ...other, delivered, read } };
}

async function history(
  client: SocketClient,
  target: { peer: string } | { gid: number },
): Promise<{ entries: MessageTruth[]; edits: { target: number; text: string }[] }> {
  const messages: MessageTruth[] = [];
  const edits: { target: number; text: string }[] = [];
  for (let id = 1; ; id++) {
    client.send({ t: 'history', id, ...target, after: messages.at(-1)?.seq ?? 0, limit: 100 });
    const page = await client.next('page');
    for (const { seq, mid, from, dev, id, localId, content, gone, event, target } of page.messages) {
      const entry = { seq, mid, from, dev, id, event: event ?? null, target: target ?? null };
      const text = wordOf(content);
      if (event === 'edit' && target !== undefined && text !== null) edits.push({ target, text });
      messages.push(
        event === undefined
          ? { ...entry, key: keyOf(localId), text, gone: gone ?? null }
          : { ...entry, ...ofAnEvent },
      );
    }
    if (!page.more) return { entries: messages, edits };
  }
}

/** What stands in the database, while no node runs. */
export async function auditStore(store: Store, users: readonly TestUser[]): Promise<Truth> {
  const aid = (await store.apps.list())[0]?.aid ?? 0;
  const addresses = new Map(users.map(({ uid, address }) => [uid, address]));
  const uids = new Map(pairing(users).map(({ uid, address }) => [address, uid]));
  const conversations: ConversationTruth[] = [];
  for (const members of pairsOf([...uids.keys()])) {
    const [a, b] = members.map((address) => uids.get(address) ?? 0);
    const found = await store.log.findConversation({ kind: 'pair', aid, a: a ?? 0, b: b ?? 0 });
    if (found === undefined) {
      conversations.push({ members, messages: [], cursors: {} });
      continue;
    }
    const messages = await messagesOf(store, found.conv, addresses);
    const cursors: Record<string, CursorTruth> = {};
    for (const member of members) {
      const state = await store.cursors.forDevice(found.conv, uids.get(member) ?? 0, 0);
      const { delivered = 0, read = 0, seen = 0 } = state?.own ?? {};
      // Of notes to oneself, nobody is told the first two.
      cursors[member] =
        members[0] === members[1] ? { delivered: 0, read: 0, seen } : { delivered, read, seen };
    }
    conversations.push({ members, messages, cursors });
  }
  const groups: GroupTruth[] = [];
  for (const { gid, conv } of await store.groups.list({ aid, limit: 100 })) {
    const messages = await messagesOf(store, conv, addresses);
    const readable: Record<string, number[]> = {};
    for (const [address, uid] of uids) {
      const spans = await store.groups.spans(conv, uid);
      const isForHim = ({ seq }: MessageTruth): boolean =>
        spans.some(({ after, upto }) => after < seq && (upto === null || seq <= upto));
      readable[address] = messages.filter(isForHim).map(({ seq }) => seq);
    }
    groups.push({ gid, messages, readable });
  }
  return { conversations, groups, leaked: [] };
}

async function messagesOf(
  store: Store,
  conv: number,
  addresses: ReadonlyMap<number, string>,
): Promise<MessageTruth[]> {
  const stored = await store.log.read(conv, { after: 0, limit: 1_000_000 });
  return stored.map(({ seq, mid, sender, dev, id, localId, content, special }) => {
    const { event = null, target = null, gone = null } = special ?? {};
    const entry = { seq, mid, from: addresses.get(sender) ?? '', dev, id: id ?? 0, event, target };
    if (event !== null) return { ...entry, ...ofAnEvent };
    const text = content === null ? null : wordOf(unpackValue(content) as { text?: string });
    return { ...entry, key: keyOf(localId), text, gone };
  });
}

/** What it says is told with its target. */
const ofAnEvent = { key: '', text: null, gone: null };
