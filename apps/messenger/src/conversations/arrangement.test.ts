import type { LocalConversation } from '@stoa/client';
import { describe, expect, it } from 'vitest';
import { arranged, isMuted, unreadOf } from './arrangement.ts';

function chat(name: string, more: Partial<LocalConversation> = {}): LocalConversation {
  return {
    id: `u:${name}`,
    target: { peer: name },
    name,
    draft: { text: name },
    unread: 0,
    unreadMentions: 0,
    markedUnread: false,
    archived: false,
    favourite: false,
    hidden: false,
    blocked: false,
    left: false,
    peerCursor: { delivered: 0, deliveredAt: 0, read: 0, readAt: 0 },
    ...more,
  };
}
const names = (chats: readonly LocalConversation[]) => chats.map(({ name }) => name).join(' ');

describe('the list of chats', () => {
  it('has those at the top first, and neither archived nor hidden ones', () => {
    const { chats, archived } = arranged([
      chat('a'),
      chat('b', { favourite: true }),
      chat('c', { archived: true }),
      chat('d', { hidden: true }),
      chat('e', { archived: true, favourite: true }),
      chat('f', { favourite: true }),
      chat('g'),
    ]);
    expect([names(chats), names(archived)]).toEqual(['b f a g', 'c e']);
  });

  it('has the groups of the user, also those in which nobody has written', () => {
    const { draft: _, ...empty } = chat('a', { id: 'g:1', target: { gid: 1 } });
    expect(arranged([empty]).chats).toEqual([empty]);
    expect(arranged([{ ...empty, left: true }]).chats).toEqual([]);
  });

  it('has no chats in which there is nothing', () => {
    const { draft: _, ...empty } = chat('a', { mutedUntil: 0 });
    expect(arranged([empty, { ...empty, favourite: true }]).chats).toHaveLength(1);
  });

  it('says which are muted', () => {
    expect(
      [undefined, 0, 5, 10].map((mutedUntil) =>
        isMuted(chat('a', mutedUntil === undefined ? {} : { mutedUntil }), 5),
      ),
    ).toEqual([false, true, false, true]);
  });

  it('counts what is unread in title and badge, but not in muted chats', () => {
    const chats = [
      chat('a', { unread: 1 }),
      chat('b', { unread: 20, mutedUntil: 0 }),
      chat('c', { unread: 300, mutedUntil: 10 }),
      chat('d'),
    ];
    expect([unreadOf(chats, 9), unreadOf(chats, 10), unreadOf([], 9)]).toEqual([1, 301, 0]);
  });
});
