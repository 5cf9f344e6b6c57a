import { expect, it } from 'vitest';
import { previewOf } from './preview.ts';

const url = 'https://chat.example.com/files/1';
const call = { id: 'call-number-000001', seconds: 0, video: false };

it.each([
  ['text', { text: ' Hello ' }, { text: 'Hello' }],
  ['a title', { title: 'News' }, { text: 'News' }],
  [
    'a picture with words',
    { text: 'Us', file: { url, mime: 'image/webp' } },
    { text: 'Us', kind: 'picture' },
  ],
  ['a voice note', { file: { url, mime: 'audio/ogg' } }, { kind: 'audio' }],
  ['a video', { file: { url, mime: 'video/mp4' } }, { kind: 'video' }],
  ['a file of unknown kind', { file: { url } }, { kind: 'file' }],
  ['a place', { latitude: 1, longitude: 2 }, { kind: 'location' }],
  ['a missed call', { call: { ...call, outcome: 'missed' as const } }, { kind: 'missed-call' }],
  ['a call', { call: { ...call, outcome: 'answered' as const } }, { kind: 'call' }],
  ['fields of an application', { fields: { a: 1 } }, {}],
])('says of %s what it is', (_what, content, preview) => {
  expect(previewOf(content)).toEqual(preview);
});

it('cuts a long text between characters', () => {
  const { text = '' } = previewOf({ text: `${'a'.repeat(239)}😀 and more` });
  expect(text).toBe(`${'a'.repeat(239)}…`);
  expect(text.isWellFormed()).toBe(true);
});
