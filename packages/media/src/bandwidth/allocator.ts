/** A slot that wants a layer. */
export interface Wish {
  /** Screens come before cameras. */
  readonly isScreen: boolean;
  /** Pixels in which it is shown: more than that is of no use. 0 hides it. */
  readonly height: number;
  /** From the smallest to the largest; a height of 0 is unknown. */
  readonly layers: readonly { readonly bitrate: number; readonly height: number }[];
  /** Index of the layer that is shown now, or -1. */
  readonly shown: number;
}

/** A layer that is not shown yet has to leave this much room, so that nothing flaps. */
const headroom = 1.15;

/**
 * Gives each wish the index of a layer, or -1 for none, so that all together stay within the bitrate: first something
 * for everyone, screens before the large and the small, then better layers in the same order, a step at a time.
 * `sparesFirst`: whoever comes first is never left with nothing.
 */
export function allocate(wishes: readonly Wish[], bitrate: number, sparesFirst = true): number[] {
  const chosen = wishes.map(() => -1);
  const order = inOrder(wishes);
  let left = bitrate;
  let raised = true;
  for (let round = 0; raised; round += 1) {
    raised = false;
    for (const { wish, index } of order) {
      const before = chosen[index] ?? -1;
      const next = before + 1;
      if (before !== round - 1 || next > largestUseful(wish)) continue;
      const cost = (wish.layers[next]?.bitrate ?? 0) - (wish.layers[before]?.bitrate ?? 0);
      const isSpared = sparesFirst && round === 0 && left === bitrate;
      if (!isSpared && cost * (next > wish.shown ? headroom : 1) > left) continue;
      chosen[index] = next;
      left -= cost;
      raised = true;
    }
  }
  return chosen;
}

/** Those that can be fulfilled at all, the most important first. */
export function inOrder(wishes: readonly Wish[]): { readonly wish: Wish; readonly index: number }[] {
  return wishes
    .map((wish, index) => ({ wish, index }))
    .filter(({ wish }) => wish.height > 0 && wish.layers.length > 0)
    .sort((a, b) => Number(b.wish.isScreen) - Number(a.wish.isScreen) || b.wish.height - a.wish.height);
}

/** What would be spent if there were enough for everybody, with room to choose it. */
export function bitrateForAll(wishes: readonly Wish[]): number {
  const best = wishes
    .filter(({ height }) => height > 0)
    .map((wish) => wish.layers[largestUseful(wish)]?.bitrate ?? 0);
  return headroom * best.reduce((sum, bitrate) => sum + bitrate, 0);
}

/** The smallest layer that fills the picture. */
export function largestUseful({ layers, height }: Wish): number {
  const found = layers.findIndex((layer) => layer.height >= height);
  return found < 0 ? layers.length - 1 : found;
}
