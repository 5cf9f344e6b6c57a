import { describe, expect, it } from 'vitest';
import { mentionsIn, splitMentions } from './mentions.ts';

describe('mentions', () => {
  it('are found where somebody is called by his address', () => {
    expect(mentionsIn('@bob and @carol.w, not me@home or @')).toEqual([
      { start: 0, length: 4, user: 'bob' },
      { start: 9, length: 8, user: 'carol.w' },
    ]);
  });

  it('are of everybody where the user may call upon all', () => {
    expect(mentionsIn('@all look, @bob!', true)).toEqual([
      { start: 0, length: 4, all: true },
      { start: 11, length: 4, user: 'bob' },
    ]);
    expect(mentionsIn('@all')).toEqual([{ start: 0, length: 4, user: 'all' }]);
    expect(mentionsIn('@allan', true)).toEqual([{ start: 0, length: 6, user: 'allan' }]);
  });

  it('are no part of the sentence around them', () => {
    expect(mentionsIn('Ask @bob. Or @carol.w... @a_')).toEqual([
      { start: 4, length: 4, user: 'bob' },
      { start: 13, length: 8, user: 'carol.w' },
      { start: 25, length: 3, user: 'a_' },
    ]);
  });

  it('are found by whole addresses of members, whatever is in them', () => {
    const known = ['bob', 'bob@example.com', 'Anna (work)', 'a+b'];
    const text = '@bob@example.com, @Anna (work)! @bob, @bobby @bob.smith @a+b';
    expect(mentionsIn(text, false, known).map(({ user }) => user)).toEqual([
      'bob@example.com',
      'Anna (work)',
      'bob',
      'bobby',
      'bob.smith',
      'a+b',
    ]);
    expect(mentionsIn('@all', true, ['all', 'bob'])).toEqual([{ start: 0, length: 4, all: true }]);
  });

  it('are found at once among the members of a large group', () => {
    const known = Array.from({ length: 30_000 }, (_, index) => `member-${index}@example.com`);
    const text = '@member-29@example.com @member-2@example.com @anna';
    expect(mentionsIn(text, false, known).map(({ user }) => user)).toEqual([
      'member-29@example.com',
      'member-2@example.com',
      'anna',
    ]);
  });

  it('part a text, whatever the ranges are', () => {
    const parts = splitMentions('hi @bob!', [
      { start: 3, length: 4, user: 'bob' },
      { start: 5, length: 2, user: 'overlaps' },
      { start: 7, length: 9, user: 'beyond' },
    ]);
    expect(parts).toEqual([
      { at: 0, text: 'hi ', isMention: false },
      { at: 3, text: '@bob', isMention: true },
      { at: 7, text: '!', isMention: false },
    ]);
  });
});
