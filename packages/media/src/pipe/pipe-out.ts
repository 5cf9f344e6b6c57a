import type { MediaPacket } from '../forwarding/media-packet.ts';
import { firstWord, writeOutgoing } from '../forwarding/outgoing-header.ts';
import { type Segment, writePictureIds } from '../forwarding/rewriting.ts';
import type { Source } from '../forwarding/source.ts';
import type { Outlet } from '../room/outlet.ts';
import type { Room } from '../room/room.ts';
import type { SenderReport } from '../rtcp/messages.ts';
import type { FromHome, FromPart, PipedStream } from './messages.ts';
import type { PipeSocket } from './pipe-socket.ts';

interface Piped {
  readonly number: number;
  readonly source: Source;
  /** Changes nothing: whoever views the packets in the other process rewrites them there. */
  readonly segment: Segment;
  /** The last that was told of. */
  report: SenderReport | undefined;
  /** Nobody there takes it. */
  resting: boolean;
}

/** Sends what is viewed in another process there: each packet once, however many view it. */
export class PipeOut implements Outlet {
  readonly #room: Room;
  readonly #socket: PipeSocket<FromHome, FromPart>;
  readonly #piped = new Map<Source, Piped>();
  #wanted: ReadonlySet<string> = new Set();
  #next = 0;
  #streams = '';

  constructor(room: Room, socket: PipeSocket<FromHome, FromPart>) {
    this.#room = room;
    this.#socket = socket;
  }

  /** Tells of all streams, if something about them has changed. */
  tellStreams(streams: readonly PipedStream[]): void {
    const told = JSON.stringify(streams);
    if (told === this.#streams) return;
    this.#streams = told;
    const rooms = new Set(streams.map(({ inRoom }) => inRoom));
    for (const source of this.#piped.keys()) if (!rooms.has(source.stream)) this.#piped.delete(source);
    this.#socket.send({ type: 'streams', streams });
  }

  tellLevels(levels: ReadonlyMap<string, number>): void {
    if (levels.size > 0) this.#socket.send({ type: 'levels', levels: [...levels] });
  }

  take(message: FromPart): void {
    switch (message.type) {
      case 'want':
        this.#wanted = new Set(message.streams);
        // Should it be wanted again, it is told of anew: its numbers may have gone on too far to be told from old ones.
        for (const source of this.#piped.keys())
          if (!this.#wanted.has(source.stream)) this.#piped.delete(source);
        for (const stream of this.#wanted)
          for (const { source } of this.#room.layersOf(stream)) this.#find(source);
        return;
      case 'layers':
        for (const piped of this.#piped.values()) {
          const { stream, rid } = piped.source;
          const layer =
            stream === message.stream ? message.layers.find((each) => each.rid === rid) : undefined;
          if (layer !== undefined) piped.resting = !layer.active;
        }
        return;
      case 'keyFrame':
        for (const { number, source } of this.#piped.values())
          if (number === message.number) source.keyFrames.want();
    }
  }

  forward(source: Source, packet: MediaPacket, now: number): void {
    if (!this.#wanted.has(source.stream)) return;
    const { number, segment } = this.#find(source);
    const { timestamp, marker, sequence } = packet;
    const first = firstWord(marker, source.payloadType, sequence);
    writePictureIds(segment, packet);
    this.#socket.sendPacket(number, writeOutgoing(packet, first, timestamp, source.ssrc, 0, now));
  }

  takes(source: Source): boolean {
    return this.#wanted.has(source.stream) && this.#piped.get(source)?.resting !== true;
  }

  /** Tells of sender reports that have come: to be called every few tens of milliseconds. */
  tick(now: number): void {
    for (const piped of this.#piped.values()) {
      const { senderReport } = piped.source.reception;
      if (senderReport === undefined || senderReport === piped.report) continue;
      piped.report = senderReport;
      const { ntpMs, timestamp } = senderReport;
      this.#socket.send({ type: 'report', number: piped.number, ntpMs, timestamp, at: now });
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** Tells of a source before its first packet. */
  #find(source: Source): Piped {
    const known = this.#piped.get(source);
    if (known !== undefined) return known;
    const segment = {
      source,
      firstOfSource: 0,
      first: 0,
      timestampOffset: 0,
      pictureIdOffset: 0,
      tl0Offset: 0,
    };
    for (const other of this.#piped.keys())
      if (other.stream === source.stream && other.rid === source.rid) this.#piped.delete(other);
    const piped: Piped = { number: this.#next, source, segment, report: undefined, resting: false };
    this.#next = (this.#next + 1) & 0xffff;
    this.#piped.set(source, piped);
    const { stream, rid, codec, ssrc, width, height } = source;
    const layer = this.#room.layersOf(stream).find((each) => each.source === source);
    this.#socket.send({
      type: 'source',
      number: piped.number,
      stream,
      rid,
      codec,
      ssrc,
      width,
      height,
      ...(layer?.resting === true ? { restingBitrate: layer.bitrate(Date.now()) } : {}),
    });
    return piped;
  }
}
