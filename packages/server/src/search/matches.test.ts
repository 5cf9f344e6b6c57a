import { expect, it } from 'vitest';
import { matcherOf } from './matches.ts';

it.each([
  ['tea', { text: 'Tea at five' }],
  ['FIVE tea', { text: 'Tea at five' }],
  ['  tea \t five ', { text: 'Tea at five' }],
  ['fiv', { text: 'Tea at five' }],
  ['plan pdf', { text: 'Look', file: { url: 'https://example.com', name: 'plan.pdf' } }],
  ['one two three four', { text: 'one', title: 'two', subtitle: 'three', footer: 'four' }],
  ['where pub', { poll: { question: 'Where do we meet?', options: ['At the pub', 'At home'] } }],
  ['cafe\u0301', { text: 'Caf\u00e9' }],
  ['CAF\u00c9', { text: 'cafe\u0301' }],
  ['ｗｉｄｅ', { text: 'wide' }],
  ['straße', { text: 'STRAẞE' }],
  ['😀', { text: 'so 😀!' }],
  ['привет', { text: 'ПРИВЕТ' }],
])('%o is found in %o', (query, content) => {
  expect(matcherOf(query)(content)).toBe(true);
});

it.each([
  ['tea six', { text: 'Tea at five' }],
  ['tea', { text: '' }],
  ['tea', {}],
  ['tea', { fields: { text: 'tea' } }],
  [' ', { text: 'Tea' }],
  ['example', { file: { url: 'https://example.com', name: 'plan.pdf' } }],
])('%o is not found in %o', (query, content) => {
  expect(matcherOf(query)(content)).toBe(false);
});
