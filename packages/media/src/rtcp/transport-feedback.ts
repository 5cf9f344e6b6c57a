import { byteAt, setUint16, setUint24, setUint32, uint16At, uint24At, uint32At } from '../rtp/bytes.ts';
import type { TransportFeedback } from './messages.ts';

/** The unit of times between arrivals, and of the time that they count from. */
const tickMs = 0.25;
const referenceMs = 64;

/** More than any sender can have under way between two messages. */
const maxPackets = 8192;

type Symbol = 0 | 1 | 2;
const lost = 0;
const small = 1;
const large = 2;

/** draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. `undefined` when it contradicts itself. */
export function readTransportFeedback(part: Uint8Array): TransportFeedback | undefined {
  if (part.length < 20) return undefined;
  const total = uint16At(part, 14);
  if (total > maxPackets) return undefined;
  const symbols: number[] = [];
  let at = 20;
  while (symbols.length < total) {
    if (at + 2 > part.length) return undefined;
    readChunk(uint16At(part, at), total, symbols);
    at += 2;
  }
  let time = ((uint24At(part, 16) << 8) >> 8) * referenceMs;
  const arrivals: number[] = [];
  for (const symbol of symbols) {
    if (symbol !== small && symbol !== large) {
      arrivals.push(-1);
      continue;
    }
    if (at + symbol > part.length) return undefined;
    const ticks = symbol === small ? byteAt(part, at) : (uint16At(part, at) << 16) >> 16;
    at += symbol;
    time += ticks * tickMs;
    arrivals.push(time);
  }
  return {
    type: 'transportFeedback',
    sender: uint32At(part, 4),
    ssrc: uint32At(part, 8),
    firstSequence: uint16At(part, 12),
    count: byteAt(part, 19),
    arrivals,
  };
}

function readChunk(chunk: number, total: number, symbols: number[]): void {
  const isVector = (chunk & 0x8000) !== 0;
  if (!isVector) {
    const run = Math.min(chunk & 0x1fff, total - symbols.length);
    // A run of nothing would never end.
    if (run === 0) symbols.length = total;
    for (let index = 0; index < run; index += 1) symbols.push((chunk >> 13) & 3);
    return;
  }
  const [bits, length] = (chunk & 0x4000) === 0 ? [1, 14] : [2, 7];
  for (let index = 1; index <= length && symbols.length < total; index += 1) {
    symbols.push((chunk >> (14 - index * bits)) & (bits === 1 ? 1 : 3));
  }
}

/**
 * The message, with times rounded to its unit. `arrivals` must lie so close together that `fittingArrivals` keeps
 * all of them.
 */
export function writeTransportFeedback(feedback: TransportFeedback): Buffer {
  const { arrivals } = feedback;
  const first = arrivals.find((arrival) => arrival >= 0) ?? 0;
  const reference = Math.floor(first / referenceMs);
  const symbols: Symbol[] = [];
  const deltas: number[] = [];
  let previous = (reference * referenceMs) / tickMs;
  for (const arrival of arrivals) {
    if (arrival < 0) {
      symbols.push(lost);
      continue;
    }
    const ticks = Math.round(arrival / tickMs);
    const delta = ticks - previous;
    previous = ticks;
    symbols.push(delta >= 0 && delta <= 255 ? small : large);
    deltas.push(delta);
  }
  const chunks = writeChunks(symbols);
  const deltaBytes = symbols.reduce<number>((sum, symbol) => sum + symbol, 0);
  const bytes = 20 + 2 * chunks.length + deltaBytes;
  const packet = Buffer.alloc((bytes + 3) & ~3);
  packet[0] = 0x8f;
  packet[1] = 205;
  setUint16(packet, 2, packet.length / 4 - 1);
  setUint32(packet, 4, feedback.sender);
  setUint32(packet, 8, feedback.ssrc);
  setUint16(packet, 12, feedback.firstSequence);
  setUint16(packet, 14, arrivals.length);
  setUint24(packet, 16, reference);
  packet[19] = feedback.count;
  let at = 20;
  for (const chunk of chunks) {
    setUint16(packet, at, chunk);
    at += 2;
  }
  for (const delta of deltas) {
    const symbol = delta >= 0 && delta <= 255 ? small : large;
    if (symbol === small) packet[at] = delta;
    else setUint16(packet, at, delta);
    at += symbol;
  }
  return packet;
}

/** How many of the arrivals one message can carry: what comes after a jump of more than eight seconds needs another. */
export function fittingArrivals(arrivals: readonly number[]): number {
  let previous = -1;
  for (let index = 0; index < Math.min(arrivals.length, maxPackets); index += 1) {
    const arrival = arrivals[index] ?? -1;
    if (arrival < 0) continue;
    if (previous >= 0 && Math.abs(arrival - previous) > 8000) return index;
    previous = arrival;
  }
  return Math.min(arrivals.length, maxPackets);
}

function writeChunks(symbols: readonly Symbol[]): number[] {
  const chunks: number[] = [];
  let at = 0;
  while (at < symbols.length) {
    const symbol = symbols[at] ?? lost;
    let run = 1;
    while (run < 0x1fff && symbols[at + run] === symbol) run += 1;
    if (run >= 7 || at + run === symbols.length) {
      chunks.push((symbol << 13) | run);
      at += run;
      continue;
    }
    let chunk = 0xc000;
    for (let index = 0; index < 7; index += 1) chunk |= (symbols[at + index] ?? lost) << (12 - 2 * index);
    chunks.push(chunk);
    at += 7;
  }
  return chunks;
}
