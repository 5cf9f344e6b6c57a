import { clearedIn } from './known-values.ts';
import { meaningOf } from './value-keys.ts';

/**
 * What holds after two devices have set a value without knowing of each other, where it does not matter who was
 * later: a conversation is cleared up to the farther place. Undefined: it matters.
 */
export function mergedValue(key: string, own: unknown, other: unknown): unknown {
  if (meaningOf(key)?.kind !== 'cleared') return undefined;
  const [a, b] = [clearedIn(own), clearedIn(other)];
  if (a === undefined || b === undefined || a.conv !== b.conv) return undefined;
  return a.seq > b.seq ? own : other;
}
