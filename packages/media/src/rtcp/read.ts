import { byteAt, uint16At, uint24At, uint32At } from '../rtp/bytes.ts';
import type { Nack, ReceiverEstimate, ReportBlock, RtcpMessage, SourceDescription } from './messages.ts';
import { readTransportFeedback } from './transport-feedback.ts';

const reportBytes = 24;

/** All messages of a datagram that we know. One that contradicts its length ends the reading. */
export function readRtcp(packet: Uint8Array): RtcpMessage[] {
  const messages: RtcpMessage[] = [];
  let at = 0;
  while (at + 4 <= packet.length) {
    const first = byteAt(packet, at);
    const end = at + 4 * (uint16At(packet, at + 2) + 1);
    if (first >> 6 !== 2 || end > packet.length) break;
    const padding = (first & 0x20) === 0 ? 0 : byteAt(packet, end - 1);
    const part = packet.subarray(at, Math.max(at + 4, end - padding));
    const message = readMessage(part, first & 0x1f, byteAt(packet, at + 1));
    if (message !== undefined) messages.push(message);
    at = end;
  }
  return messages;
}

function readMessage(part: Uint8Array, count: number, type: number): RtcpMessage | undefined {
  const minimum = minimumBytes[type];
  if (minimum === undefined || part.length < minimum) return undefined;
  const sender = uint32At(part, 4);
  switch (type) {
    case 200:
      return {
        type: 'senderReport',
        ssrc: sender,
        ntpMs: uint32At(part, 8) * 1000 + (uint32At(part, 12) * 1000) / 2 ** 32,
        timestamp: uint32At(part, 16),
        packets: uint32At(part, 20),
        bytes: uint32At(part, 24),
        reports: readReports(part, 28, count),
      };
    case 201:
      return { type: 'receiverReport', ssrc: sender, reports: readReports(part, 8, count) };
    case 202:
      return readDescriptions(part, count);
    case 203:
      return { type: 'bye', ssrcs: readSsrcs(part, 4, count) };
    case 205:
      if (count === 1) return readNack(part);
      return count === 15 ? readTransportFeedback(part) : undefined;
    case 206:
      if (count === 1) return { type: 'pictureLoss', sender, ssrc: uint32At(part, 8) };
      if (count === 4) return { type: 'fullIntraRequest', sender, requests: readIntraRequests(part) };
      return count === 15 ? readEstimate(part) : undefined;
    default:
      return undefined;
  }
}

/** By packet type. */
const minimumBytes: Partial<Record<number, number>> = { 200: 28, 201: 8, 202: 4, 203: 4, 205: 12, 206: 12 };

function readReports(part: Uint8Array, start: number, count: number): ReportBlock[] {
  const fitting = Math.min(count, Math.floor((part.length - start) / reportBytes));
  return Array.from({ length: fitting }, (_, index) => {
    const at = start + index * reportBytes;
    return {
      ssrc: uint32At(part, at),
      fractionLost: byteAt(part, at + 4) / 256,
      totalLost: (uint24At(part, at + 5) << 8) >> 8,
      highestSequence: uint32At(part, at + 8),
      jitter: uint32At(part, at + 12),
      lastReport: uint32At(part, at + 16),
      delaySinceLastReport: uint32At(part, at + 20),
    };
  });
}

function readSsrcs(part: Uint8Array, start: number, count: number): number[] {
  const fitting = Math.max(0, Math.min(count, Math.floor((part.length - start) / 4)));
  return Array.from({ length: fitting }, (_, index) => uint32At(part, start + 4 * index));
}

function readDescriptions(part: Uint8Array, count: number): SourceDescription {
  const sources: { ssrc: number; cname: string }[] = [];
  let at = 4;
  for (let index = 0; index < count && at + 4 <= part.length; index += 1) {
    const ssrc = uint32At(part, at);
    let cname = '';
    at += 4;
    while (at < part.length && byteAt(part, at) !== 0) {
      const length = byteAt(part, at + 1);
      if (byteAt(part, at) === 1)
        cname = Buffer.from(part.subarray(at + 2, at + 2 + length)).toString('latin1');
      at += 2 + length;
    }
    // At least one zero ends the list, and it is filled up to a word.
    at = (at + 4) & ~3;
    sources.push({ ssrc, cname });
  }
  return { type: 'sourceDescription', sources };
}

function readNack(part: Uint8Array): Nack {
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= part.length; at += 4) {
    const first = uint16At(part, at);
    const following = uint16At(part, at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit += 1) {
      if (((following >> bit) & 1) === 1) sequences.push((first + bit + 1) & 0xffff);
    }
  }
  return { type: 'nack', sender: uint32At(part, 4), ssrc: uint32At(part, 8), sequences };
}

function readIntraRequests(part: Uint8Array) {
  return Array.from({ length: Math.floor((part.length - 12) / 8) }, (_, index) => ({
    ssrc: uint32At(part, 12 + 8 * index),
    sequence: byteAt(part, 16 + 8 * index),
  }));
}

const remb = 0x52454d42;

function readEstimate(part: Uint8Array): ReceiverEstimate | undefined {
  if (part.length < 20 || uint32At(part, 12) !== remb) return undefined;
  const exponent = byteAt(part, 17) >> 2;
  const mantissa = uint24At(part, 17) & 0x3ffff;
  return {
    type: 'receiverEstimate',
    sender: uint32At(part, 4),
    bitrate: mantissa * 2 ** exponent,
    ssrcs: readSsrcs(part, 20, byteAt(part, 16)),
  };
}
