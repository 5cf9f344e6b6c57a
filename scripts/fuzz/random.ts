/** Numbers that look random and are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** Values at which lengths and counts go wrong. */
const edges = [0, 1, 0x7f, 0x80, 0xbe, 0xde, 0xfe, 0xff];

type Change = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const changes: readonly Change[] = [
  function flipBit(bytes, random) {
    const changed = Uint8Array.from(bytes);
    const at = random.below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    return changed;
  },
  function setByte(bytes, random) {
    const changed = Uint8Array.from(bytes);
    changed[random.below(changed.length)] = random.below(2) === 0 ? random.of(edges) : random.below(256);
    return changed;
  },
  /** Headers decide about all that follows. */
  function setEarlyByte(bytes, random) {
    const changed = Uint8Array.from(bytes);
    changed[random.below(Math.min(32, changed.length))] = random.of(edges);
    return changed;
  },
  function cutEnd(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length));
  },
  function cutMiddle(bytes, random) {
    const at = random.below(bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(16)));
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length);
    return join(bytes.subarray(0, at), random.bytes(1 + random.below(16)), bytes.subarray(at));
  },
  function repeat(bytes, random) {
    const at = random.below(bytes.length);
    const part = bytes.subarray(at, at + 1 + random.below(64));
    const times = Array.from({ length: 1 + random.below(20) }, () => part);
    return join(bytes.subarray(0, at), ...times, bytes.subarray(at));
  },
  function splice(bytes, random, others) {
    const other = random.of(others);
    return join(bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length)));
  },
];

/** Another input like the one that is given: some of its bytes changed, cut out, repeated, or of another one. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let changed = bytes;
  for (let count = 1 + random.below(4); count > 0 && changed.length > 0; count -= 1) {
    changed = random.of(changes)(changed, random, others);
  }
  return changed;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
