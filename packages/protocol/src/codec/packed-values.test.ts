import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { plainDataArbitrary } from '../testing/frames-arbitrary.ts';
import { packValue, unpackValue } from './index.ts';

test('a packed value is read back unchanged, from a Buffer too', () => {
  fc.assert(
    fc.property(plainDataArbitrary(), (value) => {
      const packed = packValue(value);
      assert.deepEqual(unpackValue(packed), value);
      assert.deepEqual(unpackValue(Buffer.from(packed)), value);
    }),
  );
});
