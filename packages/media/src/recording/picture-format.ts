import { type Av1Sequence, isSequenceHeader, readAv1Sequence } from '../codecs/av1-sequence.ts';
import { BitReader } from '../codecs/bit-reader.ts';
import type { VideoCodec } from '../codecs/codecs.ts';
import { readSequenceParameters, type SequenceParameters } from '../codecs/h264-parameters.ts';
import { readLeb128 } from '../codecs/leb128.ts';
import { byteAt, setUint16, uint32At } from '../rtp/bytes.ts';

/** What a file says of its pictures before the first of them. */
export interface PictureFormat {
  /** Pixels of the first picture; later ones may have others. */
  readonly width: number;
  readonly height: number;
  /** As browsers name it (RFC 6381). */
  readonly codecString: string;
  /** What H.264 has apart from the pictures: its parameters (ISO 14496-15, section 5.3.3.1). */
  readonly description?: Uint8Array;
}

/** The format of a stream whose key frame this is, in the form of a file. `undefined` when the frame is broken. */
export function pictureFormat(codec: VideoCodec, keyFrame: Uint8Array): PictureFormat | undefined {
  const format = readers[codec](keyFrame);
  return format === undefined || format.width === 0 || format.height === 0 ? undefined : format;
}

const readers: Readonly<Record<VideoCodec, (keyFrame: Uint8Array) => PictureFormat | undefined>> = {
  VP8: vp8Format,
  VP9: vp9Format,
  H264: h264Format,
  AV1: av1Format,
};

/** RFC 6386, section 9.1. */
function vp8Format(frame: Uint8Array): PictureFormat {
  const size = (at: number) => (byteAt(frame, at) | (byteAt(frame, at + 1) << 8)) & 0x3fff;
  return { width: size(6), height: size(8), codecString: 'vp8' };
}

/** The uncompressed header of the first frame: of the smallest layer, where there are several. */
function vp9Format(frame: Uint8Array): PictureFormat {
  const reader = new BitReader(frame);
  reader.skip(2);
  const profile = reader.bits(1) + 2 * reader.bits(1);
  if (profile === 3) reader.skip(1);
  // It shows no other frame, is a key frame, shown, resilient or not; a start code.
  reader.skip(4 + 24);
  const isDeep = profile >= 2 && reader.flag();
  const depth = profile < 2 ? 8 : isDeep ? 12 : 10;
  const isRgb = reader.bits(3) === 7;
  if (!isRgb) reader.skip(1);
  if (profile % 2 === 1) reader.skip(isRgb ? 1 : 3);
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  const codecString = `vp09.${twoDigits(profile)}.31.${twoDigits(depth)}`;
  return reader.isPastEnd ? { width: 0, height: 0, codecString } : { width, height, codecString };
}

function h264Format(frame: Uint8Array): PictureFormat | undefined {
  const units = unitsOf(frame);
  const ofType = (type: number) => units.filter((unit) => (byteAt(unit, 0) & 0x1f) === type);
  const [sequence] = ofType(7);
  const [picture] = ofType(8);
  if (sequence === undefined || picture === undefined) return undefined;
  const parameters = readSequenceParameters(sequence);
  if (parameters === undefined) return undefined;
  const { width, height, profile, constraints, level } = parameters;
  const codecString = `avc1.${[profile, constraints, level].map(hex).join('')}`;
  return { width, height, codecString, description: describe(parameters, sequence, picture) };
}

/** Units with their lengths before them. */
function unitsOf(frame: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at + 4 < frame.length; ) {
    const length = uint32At(frame, at);
    units.push(frame.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return units;
}

function describe(parameters: SequenceParameters, sequence: Uint8Array, picture: Uint8Array): Uint8Array {
  const { profile, constraints, level, chromaFormat, lumaDepth, chromaDepth } = parameters;
  const withLength = (unit: Uint8Array): number[] => {
    const length = new Uint8Array(2);
    setUint16(length, 0, unit.length);
    return [...length, ...unit];
  };
  // Lengths are of four bytes; one unit of each kind.
  const begin = [
    1,
    profile,
    constraints,
    level,
    0xff,
    0xe1,
    ...withLength(sequence),
    1,
    ...withLength(picture),
  ];
  const colours = [0xfc | chromaFormat, 0xf8 | (lumaDepth - 8), 0xf8 | (chromaDepth - 8), 0];
  return Uint8Array.from([...begin, ...(tellsColours.has(profile) ? colours : [])]);
}

const tellsColours = new Set([100, 110, 122, 144, 244]);

function av1Format(frame: Uint8Array): PictureFormat | undefined {
  const header = obusOf(frame).find(isSequenceHeader);
  const sequence = header === undefined ? undefined : readAv1Sequence(header);
  if (sequence === undefined) return undefined;
  return { width: sequence.width, height: sequence.height, codecString: av1String(sequence) };
}

/** OBUs with their sizes. */
function obusOf(frame: Uint8Array): Uint8Array[] {
  const obus: Uint8Array[] = [];
  for (let at = 0; at < frame.length; ) {
    const headerLength = (byteAt(frame, at) & 0x04) === 0 ? 1 : 2;
    const { value, length } = readLeb128(frame, at + headerLength);
    const end = at + headerLength + length + value;
    obus.push(frame.subarray(at, end));
    at = end;
  }
  return obus;
}

function av1String(sequence: Av1Sequence): string {
  const { profile, level, tier, depth, isMonochrome, subsamplingX, subsamplingY, samplePosition } = sequence;
  const chroma = `${isMonochrome ? 1 : 0}.${subsamplingX}${subsamplingY}${samplePosition}`;
  // Colours as the short form means them: decoders take them from the sequence header.
  return `av01.${profile}.${twoDigits(level)}${tier === 0 ? 'M' : 'H'}.${twoDigits(depth)}.${chroma}.01.01.01.0`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
