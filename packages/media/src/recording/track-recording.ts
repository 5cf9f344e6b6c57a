import { join } from 'node:path';
import type { Codec } from '../codecs/codecs.ts';
import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Source } from '../forwarding/source.ts';
import { chooseSource } from './choose-source.ts';
import { type Frame, type FrameAssembler, frameAssembler, type RecordedPacket } from './frames.ts';
import { pictureFormat } from './picture-format.ts';
import { ReorderBuffer } from './reorder-buffer.ts';
import { extensionFor, TrackFile, type TrackFormat } from './track-file.ts';

/**
 * Until the publisher's first report tells how its clock relates to ours, frames wait for so long: otherwise the picture would
 * begin at another delay than the sound. Browsers report sound about every five seconds.
 */
const patienceForClockMs = 7000;

/** A track as the manifest lists it; times in milliseconds from the beginning of the recording. */
export interface RecordedTrack {
  readonly file: string;
  readonly codec: Codec;
  readonly startMs: number;
  /** Of the last frame; null while it is being written. */
  readonly endMs: number | null;
  /** Pixels of the first picture; 0 for sound. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Packets that have not come, also not when asked for again. */
  readonly lostPackets: number;
}

export interface TrackOptions {
  readonly directory: string;
  /** File names without their ending; another for every file. */
  readonly nextName: () => string;
  /** Milliseconds of our clock, at which the recording began. */
  readonly startedAt: number;
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** One layer as it is recorded. */
interface Lane {
  readonly source: Source;
  readonly buffer: ReorderBuffer<RecordedPacket>;
  readonly assembler: FrameAssembler;
}

interface Held {
  readonly source: Source;
  readonly frame: Frame;
}

interface Written {
  readonly file: TrackFile;
  readonly name: string;
  readonly format: { codec: Codec; width: number; height: number };
  readonly startMs: number;
  lastMs: number;
  frames: number;
  lostPackets: number;
  /** A frame is missing: those after it are of no use until the next key frame. */
  isBroken: boolean;
  ended: boolean;
}

/** A stream of a publisher as it goes into files: one, or another when its codec changes. */
export class TrackRecording {
  readonly #options: TrackOptions;
  readonly #sources = new Set<Source>();
  readonly #files: Written[] = [];
  #lane: Lane | undefined;
  /** Takes over from its first key frame on. */
  #next: Lane | undefined;
  #held: Held[] = [];
  #lost = 0;

  constructor(options: TrackOptions) {
    this.#options = options;
  }

  get tracks(): RecordedTrack[] {
    return this.#files.map(({ name, format, startMs, lastMs, frames, lostPackets, ended }) => ({
      file: name,
      ...format,
      startMs,
      endMs: ended ? lastMs : null,
      frames,
      lostPackets,
    }));
  }

  take(source: Source, packet: MediaPacket, now: number): void {
    if (!this.#sources.has(source)) {
      for (const known of this.#sources) if (known.rid === source.rid) this.#sources.delete(known);
      this.#sources.add(source);
      this.#choose(now);
    }
    const lane = [this.#lane, this.#next].find((each) => each?.source === source);
    if (lane === undefined) return;
    const { sequence, receivedAt, timestamp, marker, buffer, payloadStart, payloadEnd } = packet;
    const { startsKeyFrame } = packet.payload;
    // The record is used again for another packet.
    const payload = Uint8Array.from(buffer.subarray(payloadStart, payloadEnd));
    lane.buffer.push({ sequence, receivedAt, timestamp, marker, startsKeyFrame, payload });
  }

  /** To be called a few times in a second. */
  tick(now: number): void {
    this.#choose(now);
    for (const lane of [this.#lane, this.#next]) lane?.buffer.release(now);
    this.#writeHeld(now);
  }

  /** The stream has ended, or comes by another connection from now on. */
  forgetSources(): void {
    this.#sources.clear();
    for (const lane of [this.#lane, this.#next]) lane?.buffer.flush();
    this.#writeHeld(Number.POSITIVE_INFINITY);
    this.#lane = undefined;
    this.#next = undefined;
  }

  async close(): Promise<void> {
    this.forgetSources();
    await Promise.all(this.#files.map((written) => this.#end(written)));
  }

  #choose(now: number): void {
    const recorded = (this.#next ?? this.#lane)?.source;
    const chosen = chooseSource(this.#sources, recorded, now);
    if (chosen === undefined || chosen === recorded) return;
    const lane = this.#newLane(chosen);
    if (this.#lane === undefined) this.#lane = lane;
    else this.#next = lane.source === this.#lane.source ? undefined : lane;
    if (chosen.kind === 'video') chosen.keyFrames.want();
  }

  #newLane(source: Source): Lane {
    const assembler = frameAssembler(
      source.codec,
      (frame) => {
        if (this.#next?.source === source) {
          this.#lane = this.#next;
          this.#next = undefined;
        }
        if (this.#lane?.source === source) this.#held.push({ source, frame });
      },
      () => source.keyFrames.want(),
    );
    const buffer = new ReorderBuffer<RecordedPacket>((packet, lost) => {
      this.#lost += lost;
      assembler.push(packet, lost);
    });
    return { source, buffer, assembler };
  }

  #writeHeld(now: number): void {
    let count = 0;
    for (const { source, frame } of this.#held) {
      if (source.reception.senderReport === undefined && now - frame.receivedAt < patienceForClockMs) break;
      this.#write(source, frame);
      count += 1;
    }
    if (count > 0) this.#held = this.#held.slice(count);
  }

  #write(source: Source, frame: Frame): void {
    const at = source.recordedAt(frame.timestamp, frame.receivedAt) - this.#options.startedAt;
    const written = this.#fileFor(source, frame, Math.max(0, Math.round(at)));
    if (written === undefined) {
      source.keyFrames.want();
      return;
    }
    // Reports correct the clock by parts of a millisecond, and two layers may differ by more.
    const atMs = Math.max(Math.round(at), written.lastMs + (written.frames === 0 ? 0 : 1));
    if (frame.isKey) written.isBroken = false;
    if (written.isBroken) return;
    if (written.file.write(frame.data, frame.isKey, atMs - written.startMs)) {
      written.frames += 1;
      written.lastMs = atMs;
    } else {
      written.isBroken = true;
      // Of no use to a file that has failed, and a burden to everybody who watches.
      if (source.kind === 'video' && !written.file.hasFailed) source.keyFrames.want();
    }
    written.lostPackets += this.#lost;
    this.#lost = 0;
  }

  /** Undefined when the frame is none that a file can begin with. */
  #fileFor(source: Source, frame: Frame, startMs: number): Written | undefined {
    const newest = this.#files.at(-1);
    if (newest !== undefined && !newest.ended && newest.format.codec === source.codec) return newest;
    const format = formatOf(source, frame);
    if (format === undefined) return undefined;
    if (newest !== undefined) void this.#end(newest);
    const { codec } = format;
    const { width, height } = 'picture' in format ? format.picture : { width: 0, height: 0 };
    const name = `${this.#options.nextName()}.${extensionFor(codec)}`;
    const file = new TrackFile(join(this.#options.directory, name), format, this.#options.onError);
    const written = {
      file,
      name,
      format: { codec, width, height },
      startMs,
      lastMs: startMs,
      frames: 0,
      lostPackets: 0,
      isBroken: false,
      ended: false,
    };
    this.#files.push(written);
    this.#options.onChange();
    return written;
  }

  async #end(written: Written): Promise<void> {
    if (written.ended) return;
    written.ended = true;
    await written.file.close();
    this.#options.onChange();
  }
}

function formatOf({ codec, width, height }: Source, { isKey, data }: Frame): TrackFormat | undefined {
  if (codec === 'opus' || codec === 'red') return { codec };
  const picture = isKey ? pictureFormat(codec, data) : undefined;
  if (picture === undefined) return undefined;
  // A frame of several layers begins with the smallest; its packets tell the size of the largest.
  const isSmallest = codec === 'VP9' && height > picture.height;
  return { codec, picture: isSmallest ? { ...picture, width, height } : picture };
}
