import { packValue } from '@stoa/protocol';

/** Whether two plain values, or their absence, say the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const [x, y] = [packValue(a), packValue(b)];
  return x.length === y.length && x.every((byte, index) => byte === y[index]);
}
