import { ourExtensionIds } from '../forwarding/outgoing-header.ts';
import { SenderClock } from '../forwarding/sender-clock.ts';
import { Source } from '../forwarding/source.ts';
import type { Room } from '../room/room.ts';
import { newHeaderExtensions, readHeaderExtensions } from '../rtp/header-extensions.ts';
import { newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import type { FromHome, FromPart, PipedSource } from './messages.ts';
import type { PipeSocket } from './pipe-socket.ts';

/** What is missing here does not come any more: the process that the room lives in has asked for it already. */
const neverMs = 1000;

/** Sources of a room that lives in another process, and what those who view them here want of them. */
export class PipeIn {
  readonly #room: Room;
  readonly #socket: PipeSocket<FromPart, FromHome>;
  readonly #sources = new Map<number, Source>();
  /** One for all streams of a publisher's transport. */
  readonly #clocks = new Map<string, SenderClock>();
  readonly #header = newRtpHeader();
  readonly #extensions = newHeaderExtensions();
  #wanted = '';

  constructor(room: Room, socket: PipeSocket<FromPart, FromHome>) {
    this.#room = room;
    this.#socket = socket;
  }

  addSource(told: PipedSource): void {
    const { number, stream, rid, codec, ssrc } = told;
    const source = new Source({ ssrc, codec, rid, stream, clock: this.#clockOf(stream) });
    source.width = told.width;
    source.height = told.height;
    for (const [before, other] of this.#sources)
      if (other.stream === stream && other.rid === rid) this.#sources.delete(before);
    this.#sources.set(number, source);
    this.#room.addSource(stream, source, told.restingBitrate);
  }

  addReport({ number, ntpMs, timestamp, at }: Extract<FromHome, { type: 'report' }>): void {
    const source = this.#sources.get(number);
    if (source === undefined) return;
    const { ssrc } = source;
    const counts = { packets: 0, bytes: 0, reports: [] };
    source.addSenderReport({ type: 'senderReport', ssrc, ntpMs, timestamp, ...counts }, at);
  }

  /** Only the sources of these streams go on. */
  keep(streams: ReadonlySet<string>): void {
    for (const [number, { stream }] of this.#sources) if (!streams.has(stream)) this.#sources.delete(number);
    const transports = new Set([...streams].map(transportOf));
    for (const transport of this.#clocks.keys())
      if (!transports.has(transport)) this.#clocks.delete(transport);
  }

  receive(number: number, packet: Buffer, now: number): void {
    const source = this.#sources.get(number);
    if (source === undefined || !readRtpHeader(packet, this.#header)) return;
    readHeaderExtensions(packet, this.#header, ourExtensionIds, this.#extensions);
    const found = source.receive(packet, this.#header, this.#extensions, now);
    if (found !== undefined) this.#room.forward(source, found, now);
  }

  tellLayers(stream: string, layers: readonly { rid: string; active: boolean }[]): void {
    this.#socket.send({ type: 'layers', stream, layers });
  }

  /** Tells what is wanted: to be called every few tens of milliseconds. */
  tick(now: number): void {
    const streams = this.#room.routed;
    const wanted = streams.join(' ');
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#socket.send({ type: 'want', streams });
    }
    for (const [number, source] of this.#sources) {
      source.missing(now, neverMs);
      if (source.keyFrames.due(now)) this.#socket.send({ type: 'keyFrame', number });
    }
  }

  #clockOf(stream: string): SenderClock {
    const transport = transportOf(stream);
    const clock = this.#clocks.get(transport) ?? new SenderClock();
    this.#clocks.set(transport, clock);
    return clock;
  }
}

/** A stream's id in its room is that of its transport and its mid. */
function transportOf(stream: string): string {
  return stream.slice(0, stream.indexOf('/'));
}
