import type { Kind } from '../codecs/codecs.ts';

export interface PlacedSlot {
  readonly mid: string;
  readonly kind: Kind;
}

/** A stream that is to be in a slot, the more important first. */
export interface Placing {
  readonly stream: string;
  readonly kind: Kind;
}

/**
 * Which stream goes into which slot: what is somewhere stays there, so that nothing moves for the viewer; the rest
 * takes what is free, in order.
 *
 * @returns by mid; slots without a stream are missing.
 */
export function place(
  wanted: readonly Placing[],
  slots: readonly PlacedSlot[],
  before: ReadonlyMap<string, string>,
): Map<string, string> {
  const kinds = new Map(wanted.map(({ stream, kind }) => [stream, kind]));
  const placed = new Map<string, string>();
  for (const { mid, kind } of slots) {
    const stream = before.get(mid);
    if (stream !== undefined && kinds.get(stream) === kind) placed.set(mid, stream);
  }
  const settled = new Set(placed.values());
  const free = slots.filter(({ mid }) => !placed.has(mid));
  for (const { stream, kind } of wanted) {
    if (settled.has(stream)) continue;
    const index = free.findIndex((slot) => slot.kind === kind);
    const [slot] = index < 0 ? [] : free.splice(index, 1);
    if (slot === undefined) continue;
    placed.set(slot.mid, stream);
    settled.add(stream);
  }
  return placed;
}

export function samePlaces(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([mid, stream]) => b.get(mid) === stream);
}
