import type { LocalConversation } from '@stoa/client';
import { describe, expect, it } from 'vitest';
import { findContacts } from './contacts.ts';

const chatWith = (peer: string, name: string): LocalConversation => ({
  id: `u:${peer}`,
  target: { peer },
  name,
  unread: 0,
  unreadMentions: 0,
  markedUnread: false,
  archived: false,
  favourite: false,
  hidden: false,
  blocked: false,
  left: false,
  peerCursor: { delivered: 0, deliveredAt: 0, read: 0, readAt: 0 },
});
const chats = [chatWith('bob', 'Bob Baker'), chatWith('carol', 'Carol Chen')];
const people = [
  { address: 'alice', name: 'Alice' },
  { address: 'bob', name: 'Bob Baker' },
  { address: 'dave', name: 'Dave Ürün' },
];

function found(typed: string) {
  const contacts = findContacts(chats, people, typed, 'alice');
  return {
    chats: contacts.chats.map(({ id }) => id),
    people: contacts.people.map(({ address }) => address),
    address: contacts.address,
  };
}

describe('contacts', () => {
  it('are all chats, and the people without one, oneself excepted', () => {
    expect(found('')).toEqual({ chats: ['u:bob', 'u:carol'], people: ['dave'], address: undefined });
  });

  it('are found by part of their name or address, in any case', () => {
    expect(found('BAKER').chats).toEqual(['u:bob']);
    expect(found('üRÜN').people).toEqual(['dave']);
    expect(found('aro').chats).toEqual(['u:carol']);
  });

  it('offer what was typed as an address, unless somebody known has it', () => {
    expect(found(' zoe ').address).toBe('zoe');
    expect(found('bo').address).toBe('bo');
    expect(found('bob').address).toBeUndefined();
    expect(found('dave').address).toBeUndefined();
    expect(found('alice').address).toBeUndefined();
  });

  it('do not offer what cannot be an address', () => {
    expect(found('x'.repeat(64)).address).toBeUndefined();
    expect(found('a\u0007b').address).toBeUndefined();
  });
});
