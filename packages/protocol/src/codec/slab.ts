/** Size of one slab. What is larger than a quarter of it gets memory of its own. */
const slabBytes = 64 * 1024;

let slab = new Uint8Array(0);
let used = 0;

/**
 * Memory for bytes that are written once, sent and forgotten. Allocating it piece by piece would cost more than
 * writing it. Nothing is ever handed out twice, so a piece may be kept; it then keeps its slab.
 */
export function allocate(size: number): Uint8Array {
  if (size > slabBytes / 4) return new Uint8Array(size);
  if (used + size > slab.length) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  const piece = slab.subarray(used, used + size);
  used += size;
  return piece;
}
