/**
 * Name of one user's database. A token belongs to one user, so a digest of it separates users; it is no secret,
 * being 53 bits of a random token.
 */
export function databaseName(name: string, token: string): string {
  return `${name}-${digest(token)}`;
}

/** cyrb53: a well-mixed 53-bit hash that needs neither a secure context nor a promise. */
function digest(text: string): string {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (4294967296 * (2097151 & high) + (low >>> 0)).toString(36);
}
