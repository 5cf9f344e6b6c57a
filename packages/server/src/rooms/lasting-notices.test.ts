import type { RoomNotice } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { LastingNotices } from './lasting-notices.ts';

const off = (mid: string, active = false): RoomNotice => ({
  type: 'encodings',
  mid,
  encodings: [{ rid: 'f', active }],
});
const offer = (ufrag: string) => `v=0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:secret\r\n`;

it('keeps the newest of each m-line, for as long as its connection is the same', () => {
  const lasting = new LastingNotices();
  lasting.published('1.1', offer('first'));
  const slots: RoomNotice = { type: 'slots', slots: [{ mid: 'v0' }] };
  for (const notice of [off('1'), off('2'), off('1', true), slots]) lasting.note('1.1', notice);
  lasting.note('1.1', { type: 'restart' });
  expect(lasting.of('1.1')).toEqual([slots, off('1', true), off('2')]);
  expect(lasting.of('2.1')).toEqual([]);
  // A screen is published, too.
  lasting.published('1.1', offer('first'));
  expect(lasting.of('1.1')).toHaveLength(3);
  lasting.published('1.1', offer('second'));
  expect(lasting.of('1.1')).toEqual([slots]);
  lasting.unviewed('1.1');
  expect(lasting.of('1.1')).toEqual([]);
});

it('ends with its device, and with the media', () => {
  const lasting = new LastingNotices();
  for (const key of ['1.1', '2.1']) lasting.note(key, off('1'));
  lasting.gone('1.1');
  expect([lasting.of('1.1'), lasting.of('2.1')]).toEqual([[], [off('1')]]);
  lasting.clear();
  expect(lasting.of('2.1')).toEqual([]);
});
