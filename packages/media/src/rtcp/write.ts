import { setUint16, setUint24, setUint32 } from '../rtp/bytes.ts';
import type {
  Bye,
  FullIntraRequest,
  Nack,
  PictureLoss,
  ReceiverEstimate,
  ReceiverReport,
  ReportBlock,
  RtcpMessage,
  SenderReport,
  SourceDescription,
} from './messages.ts';
import { writeTransportFeedback } from './transport-feedback.ts';

/** One datagram with these messages. */
export function writeRtcp(...messages: readonly RtcpMessage[]): Buffer {
  const parts = messages.map(writeMessage);
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}

function writeMessage(message: RtcpMessage): Buffer {
  switch (message.type) {
    case 'senderReport':
      return writeSenderReport(message);
    case 'receiverReport':
      return writeReceiverReport(message);
    case 'sourceDescription':
      return writeDescriptions(message);
    case 'bye':
      return writeBye(message);
    case 'nack':
      return writeNack(message);
    case 'pictureLoss':
      return writePictureLoss(message);
    case 'fullIntraRequest':
      return writeIntraRequests(message);
    case 'receiverEstimate':
      return writeEstimate(message);
    case 'transportFeedback':
      return writeTransportFeedback(message);
  }
}

/** An empty message of this many bytes, a multiple of four, with its header. */
function newMessage(type: number, count: number, bytes: number): Buffer {
  const packet = Buffer.alloc(bytes);
  packet[0] = 0x80 | count;
  packet[1] = type;
  setUint16(packet, 2, bytes / 4 - 1);
  return packet;
}

function writeSenderReport(report: SenderReport): Buffer {
  const packet = newMessage(200, report.reports.length, 28 + 24 * report.reports.length);
  setUint32(packet, 4, report.ssrc);
  const seconds = Math.floor(report.ntpMs / 1000);
  setUint32(packet, 8, seconds);
  setUint32(packet, 12, Math.floor(((report.ntpMs - seconds * 1000) / 1000) * 2 ** 32));
  setUint32(packet, 16, report.timestamp);
  setUint32(packet, 20, report.packets);
  setUint32(packet, 24, report.bytes);
  writeReports(packet, 28, report.reports);
  return packet;
}

function writeReceiverReport({ ssrc, reports }: ReceiverReport): Buffer {
  const packet = newMessage(201, reports.length, 8 + 24 * reports.length);
  setUint32(packet, 4, ssrc);
  writeReports(packet, 8, reports);
  return packet;
}

function writeReports(packet: Buffer, start: number, reports: readonly ReportBlock[]): void {
  reports.forEach((report, index) => {
    const at = start + 24 * index;
    setUint32(packet, at, report.ssrc);
    packet[at + 4] = Math.min(255, Math.floor(report.fractionLost * 256));
    setUint24(packet, at + 5, Math.max(-0x80_0000, Math.min(0x7f_ffff, report.totalLost)));
    setUint32(packet, at + 8, report.highestSequence);
    setUint32(packet, at + 12, report.jitter);
    setUint32(packet, at + 16, report.lastReport);
    setUint32(packet, at + 20, report.delaySinceLastReport);
  });
}

function writeDescriptions({ sources }: SourceDescription): Buffer {
  const chunks = sources.map(({ ssrc, cname }) => {
    const name = Buffer.from(cname, 'latin1').subarray(0, 255);
    const chunk = Buffer.alloc((6 + name.length + 4) & ~3);
    setUint32(chunk, 0, ssrc);
    chunk[4] = 1;
    chunk[5] = name.length;
    name.copy(chunk, 6);
    return chunk;
  });
  const body = Buffer.concat(chunks);
  return Buffer.concat([newMessage(202, sources.length, 4 + body.length).subarray(0, 4), body]);
}

function writeBye({ ssrcs }: Bye): Buffer {
  const packet = newMessage(203, ssrcs.length, 4 + 4 * ssrcs.length);
  ssrcs.forEach((ssrc, index) => {
    setUint32(packet, 4 + 4 * index, ssrc);
  });
  return packet;
}

function writeNack({ sender, ssrc, sequences }: Nack): Buffer {
  const pairs: { first: number; following: number }[] = [];
  for (const sequence of sequences) {
    const last = pairs.at(-1);
    const distance = last === undefined ? 0 : (sequence - last.first) & 0xffff;
    if (last !== undefined && distance >= 1 && distance <= 16) last.following |= 1 << (distance - 1);
    else pairs.push({ first: sequence, following: 0 });
  }
  const packet = newMessage(205, 1, 12 + 4 * pairs.length);
  setUint32(packet, 4, sender);
  setUint32(packet, 8, ssrc);
  pairs.forEach(({ first, following }, index) => {
    setUint16(packet, 12 + 4 * index, first);
    setUint16(packet, 14 + 4 * index, following);
  });
  return packet;
}

function writePictureLoss({ sender, ssrc }: PictureLoss): Buffer {
  const packet = newMessage(206, 1, 12);
  setUint32(packet, 4, sender);
  setUint32(packet, 8, ssrc);
  return packet;
}

function writeIntraRequests({ sender, requests }: FullIntraRequest): Buffer {
  const packet = newMessage(206, 4, 12 + 8 * requests.length);
  setUint32(packet, 4, sender);
  requests.forEach(({ ssrc, sequence }, index) => {
    setUint32(packet, 12 + 8 * index, ssrc);
    packet[16 + 8 * index] = sequence;
  });
  return packet;
}

function writeEstimate({ sender, bitrate, ssrcs }: ReceiverEstimate): Buffer {
  const packet = newMessage(206, 15, 20 + 4 * ssrcs.length);
  setUint32(packet, 4, sender);
  packet.write('REMB', 12, 'latin1');
  packet[16] = ssrcs.length;
  const exponent = Math.max(0, Math.ceil(Math.log2((bitrate + 1) / 2 ** 18)));
  setUint24(packet, 17, (exponent << 18) | Math.floor(bitrate / 2 ** exponent));
  ssrcs.forEach((ssrc, index) => {
    setUint32(packet, 20 + 4 * index, ssrc);
  });
  return packet;
}
