import fc, { type Arbitrary } from 'fast-check';

/**
 * Values that a message may carry (see requirePlainContent) and that survive a codec as they are: no -0, which
 * becomes 0, and no text that begins with a byte order mark, which may get lost.
 *
 * @param depth levels of maps and arrays
 */
export function plainDataArbitrary(depth = 3): Arbitrary<unknown> {
  const leaf = fc.oneof(
    textArbitrary(),
    numberArbitrary(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
  );
  if (depth === 0) return leaf;
  const inner = plainDataArbitrary(depth - 1);
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(inner, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.dictionary(keyArbitrary(), inner, { maxKeys: 4, noNullPrototype: true }) },
  );
}

/** Well-formed text; `pattern` has the form `^[…]+$`, lengths are in code points. */
export function textArbitrary(
  rules: { pattern?: string; minLength?: number; maxLength?: number } = {},
): Arbitrary<string> {
  if (rules.pattern?.startsWith('^http')) return fc.nat().map((number) => `https://example.com/${number}`);
  if (rules.pattern?.includes('Emoji')) return fc.constantFrom('👍', '❤️', '🇩🇪', '1️⃣', '👩🏽‍🚀');
  const length = { minLength: rules.minLength ?? 0, maxLength: Math.min(rules.maxLength ?? 100, 100) };
  const allowed = new RegExp(rules.pattern ?? '', 'u');
  // Longer than 64 bytes now and then, where msgpackr reads text in another way.
  const unit = asciiUnit.filter((character) => allowed.test(character));
  const ascii = fc.string({ unit, ...length, size: 'medium' });
  if (!allowed.test('é')) return ascii;
  const any = fc.string({ unit: anyUnit, ...length }).filter((text) => allowed.test(text));
  return fc.oneof(ascii, any).filter((text) => !text.startsWith(byteOrderMark));
}

// By code points: fast-check's own units of all Unicode take a second to set up.
const asciiUnit = fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCodePoint(code));
const anyUnit = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7ff }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((code) => String.fromCodePoint(code));
const byteOrderMark = '\ufeff';

/** Names of members, those included that mean something to JavaScript objects. */
export function keyArbitrary(): Arbitrary<string> {
  const telling = fc.constantFrom(
    'constructor',
    'toJSON',
    'hasOwnProperty',
    'toString',
    'prototype',
    '',
    '0',
    't',
  );
  return fc
    .oneof({ weight: 4, arbitrary: textArbitrary({ maxLength: 40 }) }, telling)
    .filter((key) => key !== '__proto__' && key !== '$bytes');
}

/** Finite numbers, those at the edges of msgpack's integer types included. */
export function numberArbitrary(): Arbitrary<number> {
  return fc
    .oneof(
      fc.integer({ min: -300, max: 300 }),
      fc.constantFrom(0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 2 ** 53 - 1),
      fc.constantFrom(-0x80, -0x8000, -0x8000_0000, -(2 ** 53 - 1)),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    .map((number) => (number === 0 ? 0 : number));
}
