import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { codecs, joinWithinLimits } from './index.ts';

test.each(codecs)('$subprotocol: no message holds more frames or bytes than allowed', (codec) => {
  const frame = (id: number, size: number) => codec.encode({ id, text: 'x'.repeat(size) });
  const sizes = [...Array.from({ length: 600 }, () => 5), 300_000, 300_000, 600_000, 5, 5];
  const messages = joinWithinLimits(
    codec,
    sizes.map((size, id) => frame(id, size)),
  );

  const decoded = messages.map((message) => codec.decode(message) as { id: number; text: string }[]);
  expect(decoded.flat().map(({ id }) => id)).toStrictEqual(sizes.map((_, id) => id));
  expect(decoded.length).toBeLessThanOrEqual(7);
  for (const [index, message] of messages.entries()) {
    expect(message.length <= limits.socketMessageBytes || decoded[index]?.length === 1).toBe(true);
    expect(decoded[index]?.length).toBeLessThanOrEqual(limits.framesPerSocketMessage);
  }
});

test('nothing to send makes no message', () => {
  for (const codec of codecs) expect(joinWithinLimits(codec, [])).toStrictEqual([]);
});
