import { describe, expect, it } from 'vitest';
import { invitationOf, inviteLink, parseInvitation } from './invitation.ts';

it.each([
  ['1000-123456', { gid: 1000, pin: 123456 }],
  [' 7 - 42 ', { gid: 7, pin: 42 }],
  ['1000', undefined],
  ['1000-', undefined],
  ['a-1', undefined],
  ['1-2-3', undefined],
  ['99999999999-1', undefined],
])('reads the invitation "%s"', (text, expected) => {
  expect(parseInvitation(text)).toEqual(expected);
});

describe('a link to join a group', () => {
  it('leads from any page of the messenger to its group and PIN', () => {
    const link = inviteLink({ gid: 1000, pin: 481516234 }, 'https://chat.example.com/messenger/#/group/7');
    expect(link).toBe('https://chat.example.com/messenger/#/join/1000-481516234');
    expect(invitationOf(new URL(link).hash)).toEqual({ gid: 1000, pin: 481516234 });
  });

  it('that is broken leads nowhere', () => {
    for (const hash of ['', '#/join/', '#/join/12', '#/join/1-2-3', '#/join/a-b', '#/group/1-2']) {
      expect(invitationOf(hash)).toBeUndefined();
    }
  });
});
