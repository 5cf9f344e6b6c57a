import { byteAt, uint16At } from '../rtp/bytes.ts';
import { av1Elements } from './av1-elements.ts';
import { isSequenceHeader, readAv1Sequence } from './av1-sequence.ts';
import { readSequenceParameters } from './h264-parameters.ts';
import type { PayloadInfo } from './payload.ts';

const sequenceParameters = 7;
const aggregate = 24;

/**
 * Whether a payload of H.264 (RFC 6184) begins a key frame, and its size: senders put the sequence parameters before each
 * one, and no decoder can start without them.
 */
export function readH264(packet: Uint8Array, start: number, end: number, into: PayloadInfo): void {
  const unit = findParameters(packet, start, end);
  if (unit === undefined) return;
  into.startsKeyFrame = true;
  takeSize(readSequenceParameters(unit), into);
}

/** Whether a payload of AV1 begins a coded video sequence, which bit N of its aggregation header says, and its size. */
export function readAv1(packet: Uint8Array, start: number, end: number, into: PayloadInfo): void {
  if ((byteAt(packet, start) & 0x08) === 0) return;
  into.startsKeyFrame = true;
  const header = av1Elements(packet.subarray(start, end)).find(isSequenceHeader);
  if (header !== undefined) takeSize(readAv1Sequence(header), into);
}

function takeSize(size: { width: number; height: number } | undefined, into: PayloadInfo): void {
  if (size === undefined) return;
  into.width = size.width;
  into.height = size.height;
}

function findParameters(packet: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const type = byteAt(packet, start) & 0x1f;
  if (type === sequenceParameters) return packet.subarray(start, end);
  if (type !== aggregate) return undefined;
  let at = start + 1;
  while (at + 2 < end) {
    const from = at + 2;
    const to = from + uint16At(packet, at);
    if ((byteAt(packet, from) & 0x1f) === sequenceParameters) return packet.subarray(from, Math.min(to, end));
    at = to;
  }
  return undefined;
}
