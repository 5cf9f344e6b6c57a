/** One after the other; `undefined` for nothing at all. */
export function concat(parts: readonly Uint8Array[]): Uint8Array | undefined {
  const joined = Buffer.concat(parts);
  return joined.length === 0 ? undefined : joined;
}
