import { conversationName, groupName, pairName } from '../sql/conversation-name.ts';
import type { ConversationKey } from '../store.ts';
import { int8Array } from './binary-arrays.ts';
import type { Connection } from './connections.ts';

/** Conversations remembered; when there are more, it starts anew. */
const limit = 50_000;

type Pair = Extract<ConversationKey, { kind: 'pair' }>;
type Group = Extract<ConversationKey, { kind: 'group' }>;

/**
 * The ids of conversations by their keys. An id never changes and is never given again, so it can be remembered; that
 * its conversation is still there shows when it is locked.
 */
export class ConversationIds {
  readonly #ids = new Map<string, number>();

  get(key: ConversationKey): number | undefined {
    return this.#ids.get(conversationName(key));
  }

  /** For a conversation that is not there any more. */
  forget(key: ConversationKey): void {
    this.#ids.delete(conversationName(key));
  }

  /** Looks up the ids of these conversations, as far as they exist. */
  async find(connection: Connection, keys: readonly ConversationKey[]): Promise<void> {
    const { pairs, groups } = divide(keys);
    const [pairRows, groupRows] = await Promise.all([
      pairs.length === 0
        ? []
        : connection.numbers(
            `select c.conv, c.a, c.b from unnest($1::int8[], $2::int8[]) k (a, b)
            join conversations c on c.a = k.a and c.b = k.b and c.gid is null`,
            [int8Array(pairs.map(({ a }) => a)), int8Array(pairs.map(({ b }) => b))],
          ),
      groups.length === 0
        ? []
        : connection.numbers(
            `select c.conv, c.aid, c.gid from unnest($1::int8[], $2::int8[]) k (aid, gid)
            join conversations c on c.aid = k.aid and c.gid = k.gid`,
            [int8Array(groups.map(({ aid }) => aid)), int8Array(groups.map(({ gid }) => gid))],
          ),
    ]);
    for (const [conv = 0, a = 0, b = 0] of pairRows) this.#keep(pairName(a, b), conv);
    for (const [conv = 0, aid = 0, gid = 0] of groupRows) this.#keep(groupName(aid, gid), conv);
  }

  #keep(name: string, conv: number): void {
    if (this.#ids.size >= limit) this.#ids.clear();
    this.#ids.set(name, conv);
  }
}

/**
 * Makes these conversations, as far as their app and users exist and nobody else makes them at the same time. In one
 * order, so that two nodes that make the same ones wait for each other but never both. Their apps are locked, so that
 * what is made in an app that is about to be removed is there when its conversations are.
 */
export async function createConversations(
  connection: Connection,
  keys: readonly ConversationKey[],
): Promise<void> {
  const { pairs, groups } = divide(keys);
  await Promise.all([
    connection.numbers('select aid from apps where aid = any($1::int8[]) order by aid for share', [
      int8Array([...new Set(keys.map(({ aid }) => aid))]),
    ]),
    pairs.length > 0 &&
      connection.numbers(
        `with made as (
          insert into conversations (aid, a, b)
          select k.aid, k.a, k.b from unnest($1::int8[], $2::int8[], $3::int8[]) k (aid, a, b)
          where exists (select 1 from apps where aid = k.aid and removed = 0)
            and exists (select 1 from users where uid = k.a) and exists (select 1 from users where uid = k.b)
          order by k.a, k.b
          on conflict (a, b) where gid is null do nothing
          returning conv, a, b)
        insert into members (uid, conv) select a, conv from made union select b, conv from made`,
        [
          int8Array(pairs.map(({ aid }) => aid)),
          int8Array(pairs.map(({ a }) => a)),
          int8Array(pairs.map(({ b }) => b)),
        ],
      ),
    groups.length > 0 &&
      connection.numbers(
        `insert into conversations (aid, gid)
        select k.aid, k.gid from unnest($1::int8[], $2::int8[]) k (aid, gid)
        where exists (select 1 from apps where aid = k.aid and removed = 0)
        order by k.aid, k.gid
        on conflict (aid, gid) where gid is not null do nothing`,
        [int8Array(groups.map(({ aid }) => aid)), int8Array(groups.map(({ gid }) => gid))],
      ),
  ]);
}

/** Each once, pairs with the smaller uid first. */
function divide(keys: readonly ConversationKey[]): { pairs: Pair[]; groups: Group[] } {
  const pairs: Pair[] = [];
  const groups: Group[] = [];
  for (const key of new Map(keys.map((key) => [conversationName(key), key])).values()) {
    if (key.kind === 'group') groups.push(key);
    else pairs.push({ ...key, a: Math.min(key.a, key.b), b: Math.max(key.a, key.b) });
  }
  return { pairs, groups };
}
