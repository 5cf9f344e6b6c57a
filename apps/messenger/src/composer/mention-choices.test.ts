import { expect, it } from 'vitest';
import { mentionChoices, typedMention } from './mention-choices.ts';

const people = [
  { user: 'all', name: 'Everybody' },
  { user: 'anna', name: 'Anna Berg' },
  { user: 'bob@example.com', name: 'Robert' },
  { user: '+4917', name: 'Änne Adler' },
];
const usersFor = (typed: string) => mentionChoices(people, typed).map(({ user }) => user);

it('a mention is typed from an @ at the begin of a word up to the caret', () => {
  expect(typedMention('@', 1)).toEqual({ start: 0, typed: '' });
  expect(typedMention('hi\n@an and more', 6)).toEqual({ start: 3, typed: 'an' });
  expect(typedMention('hi @bob@exa', 11)).toEqual({ start: 3, typed: 'bob@exa' });
  for (const [text, caret] of [
    ['me@home', 7],
    ['@anna ', 6],
    ['hi @anna', 3],
    ['', 4],
  ] as const) {
    expect(typedMention(text, caret), text).toBeUndefined();
  }
});

it('people are found by their address and by every word of their name, in their order', () => {
  expect(usersFor('')).toEqual(['all', 'anna', 'bob@example.com', '+4917']);
  expect(usersFor('A')).toEqual(['all', 'anna', '+4917']);
  expect(usersFor('be')).toEqual(['anna']);
  expect(usersFor('bob@')).toEqual(['bob@example.com']);
  expect(usersFor('äNN')).toEqual(['+4917']);
  expect(usersFor('nna')).toEqual([]);
  const many = Array.from({ length: 100 }, (_, index) => ({ user: `u${index}`, name: '' }));
  expect(mentionChoices(many, 'u')).toHaveLength(8);
});
