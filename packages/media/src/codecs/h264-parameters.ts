import { byteAt } from '../rtp/bytes.ts';
import { BitReader } from './bit-reader.ts';

/** What a unit of sequence parameters of H.264 says (7.3.2.1.1) that others than decoders need. */
export interface SequenceParameters {
  /** Pixels that are shown. */
  readonly width: number;
  readonly height: number;
  readonly profile: number;
  /** The bits that limit the profile further. */
  readonly constraints: number;
  readonly level: number;
  readonly chromaFormat: number;
  readonly lumaDepth: number;
  readonly chromaDepth: number;
}

/** Those that say more of their colours. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const mostReferences = 255;

/** Reads a unit of type 7, from its header on. `undefined` when it is cut short, or makes no sense. */
export function readSequenceParameters(unit: Uint8Array): SequenceParameters | undefined {
  const [profile, constraints, level] = [byteAt(unit, 1), byteAt(unit, 2), byteAt(unit, 3)];
  const reader = new BitReader(withoutEmulation(unit.subarray(4)));
  reader.golomb();
  const colours = highProfiles.has(profile) ? readColours(reader) : plainColours;
  reader.golomb();
  skipOrder(reader);
  reader.golomb();
  reader.skip(1);
  const columns = reader.golomb() + 1;
  const rows = reader.golomb() + 1;
  const isInterlaced = !reader.flag();
  if (isInterlaced) reader.skip(1);
  reader.skip(1);
  const crop = reader.flag() ? [1, 2, 3, 4].map(() => reader.golomb()) : [];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const fields = isInterlaced ? 2 : 1;
  const cropX = colours.chromaFormat === 1 || colours.chromaFormat === 2 ? 2 : 1;
  const cropY = (colours.chromaFormat === 1 ? 2 : 1) * fields;
  const width = columns * 16 - (left + right) * cropX;
  const height = rows * 16 * fields - (top + bottom) * cropY;
  if (reader.isPastEnd || !isSize(width) || !isSize(height)) return undefined;
  return { width, height, profile, constraints, level, ...colours };
}

const plainColours = { chromaFormat: 1, lumaDepth: 8, chromaDepth: 8 };

function readColours(reader: BitReader): typeof plainColours {
  const chromaFormat = reader.golomb();
  if (chromaFormat === 3) reader.skip(1);
  const lumaDepth = 8 + reader.golomb();
  const chromaDepth = 8 + reader.golomb();
  reader.skip(1);
  if (reader.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let index = 0; index < lists; index += 1)
      if (reader.flag()) skipScaling(reader, index < 6 ? 16 : 64);
  }
  return { chromaFormat, lumaDepth, chromaDepth };
}

function skipScaling(reader: BitReader, size: number): void {
  let last = 8;
  for (let index = 0, next = 8; index < size && next !== 0; index += 1) {
    next = (last + reader.signedGolomb() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipOrder(reader: BitReader): void {
  const type = reader.golomb();
  if (type === 0) reader.golomb();
  if (type !== 1) return;
  reader.skip(1);
  reader.golomb();
  reader.golomb();
  const references = Math.min(reader.golomb(), mostReferences);
  for (let index = 0; index < references; index += 1) reader.golomb();
}

/** A byte of 3 after two zeros is there only so that no start code comes about. */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) => !(byte === 3 && at >= 2 && bytes[at - 1] === 0 && bytes[at - 2] === 0));
}

function isSize(pixels: number): boolean {
  return pixels > 0 && pixels <= 65_535;
}
