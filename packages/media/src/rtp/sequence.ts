/**
 * The integer nearest to `reference` that is `value` modulo 2^16. Counting on beyond the 16 bits of a packet, numbers
 * can be compared, subtracted and used as keys.
 */
export function unwrap16(reference: number, value: number): number {
  return reference + (((value - reference) << 16) >> 16);
}

/** The same for the 32 bits of a timestamp. */
export function unwrap32(reference: number, value: number): number {
  return reference + ((value - reference) | 0);
}

/** The same for a number of this many bits, such as the 7 or 15 of a picture id. */
export function unwrapBits(reference: number, value: number, bits: number): number {
  const shift = 32 - bits;
  return reference + (((value - reference) << shift) >> shift);
}
