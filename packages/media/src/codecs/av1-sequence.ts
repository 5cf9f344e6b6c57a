import { byteAt } from '../rtp/bytes.ts';
import { BitReader } from './bit-reader.ts';

/** What a sequence header of AV1 says (5.5) that others than decoders need. */
export interface Av1Sequence {
  /** Pixels of the largest picture. */
  readonly width: number;
  readonly height: number;
  readonly profile: number;
  readonly level: number;
  readonly tier: number;
  readonly depth: 8 | 10 | 12;
  readonly isMonochrome: boolean;
  readonly subsamplingX: number;
  readonly subsamplingY: number;
  readonly samplePosition: number;
}

const sequenceHeader = 1;

export function isSequenceHeader(obu: Uint8Array): boolean {
  return ((byteAt(obu, 0) >> 3) & 0x0f) === sequenceHeader;
}

/** Reads an OBU of that type, from its own header on. `undefined` when it is cut short. */
export function readAv1Sequence(obu: Uint8Array): Av1Sequence | undefined {
  const reader = new BitReader(obu, contentOf(obu));
  const profile = reader.bits(3);
  reader.skip(1);
  const isReduced = reader.flag();
  const { level, tier } = isReduced ? { level: reader.bits(5), tier: 0 } : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  if (!isReduced && reader.flag()) reader.skip(7);
  reader.skip(3);
  if (!isReduced) skipTools(reader);
  reader.skip(3);
  const colours = readColours(reader, profile);
  return reader.isPastEnd ? undefined : { width, height, profile, level, tier, ...colours };
}

/** Behind the header of an OBU, its extension, and its size. */
function contentOf(obu: Uint8Array): number {
  const first = byteAt(obu, 0);
  let at = (first & 0x04) === 0 ? 1 : 2;
  if ((first & 0x02) === 0) return at;
  while ((byteAt(obu, at) & 0x80) !== 0) at += 1;
  return at + 1;
}

/** The first of them is of all layers. */
function readOperatingPoints(reader: BitReader): { level: number; tier: number } {
  let delayBits = 0;
  if (reader.flag()) {
    reader.skip(64);
    if (reader.flag()) reader.golomb();
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1;
      reader.skip(42);
    }
  }
  const hasDisplayDelay = reader.flag();
  const points = reader.bits(5) + 1;
  let first: { level: number; tier: number } | undefined;
  for (let index = 0; index < points; index += 1) {
    reader.skip(12);
    const level = reader.bits(5);
    const tier = level > 7 ? reader.bits(1) : 0;
    first ??= { level, tier };
    if (delayBits > 0 && reader.flag()) reader.skip(2 * delayBits + 1);
    if (hasDisplayDelay && reader.flag()) reader.skip(4);
  }
  return first ?? { level: 0, tier: 0 };
}

function skipTools(reader: BitReader): void {
  reader.skip(4);
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2);
  const screenTools = reader.flag() || reader.flag();
  // Whether whole pixels are forced: chosen per frame, or once.
  if (screenTools && !reader.flag()) reader.skip(1);
  if (hasOrderHint) reader.skip(3);
}

function readColours(reader: BitReader, profile: number) {
  const isDeep = reader.flag();
  const isDeepest = isDeep && profile === 2 && reader.flag();
  const depth = isDeepest ? 12 : isDeep ? 10 : 8;
  const isMonochrome = profile !== 1 && reader.flag();
  const [primaries, transfer, matrix] = reader.flag()
    ? [reader.bits(8), reader.bits(8), reader.bits(8)]
    : [2, 2, 2];
  const isSrgb = !isMonochrome && primaries === 1 && transfer === 13 && matrix === 0;
  if (!isSrgb) reader.skip(1);
  const [subsamplingX, subsamplingY] = isMonochrome
    ? [1, 1]
    : isSrgb
      ? [0, 0]
      : readSubsampling(reader, profile, depth);
  const isPlaced = !isMonochrome && subsamplingX === 1 && subsamplingY === 1;
  const samplePosition = isPlaced ? reader.bits(2) : 0;
  return { depth, isMonochrome, subsamplingX, subsamplingY, samplePosition } as const;
}

function readSubsampling(reader: BitReader, profile: number, depth: number): readonly [number, number] {
  if (profile === 0) return [1, 1];
  if (profile === 1) return [0, 0];
  if (depth < 12) return [1, 0];
  const x = reader.bits(1);
  return [x, x === 1 ? reader.bits(1) : 0];
}
