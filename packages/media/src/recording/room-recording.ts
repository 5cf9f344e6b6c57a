import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamKind } from '../engine/media-engine.ts';
import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Source } from '../forwarding/source.ts';
import { manifestName, type RecordingManifest } from './manifest.ts';
import { ReplacedJson } from './replaced-json.ts';
import { TrackRecording } from './track-recording.ts';

/** A stream of the room, by the connection that it comes by now. */
export interface RecordableStream {
  readonly id: string;
  readonly participant: string;
  readonly name: string;
  readonly kind: StreamKind;
  readonly inRoom: string;
}

/** Gives a listener every packet of a stream, of all its layers, until the answer is called. */
export type Tap = (
  inRoom: string,
  listener: (source: Source, packet: MediaPacket, now: number) => void,
) => () => void;

export interface RecordingOptions {
  readonly room: string;
  readonly directory: string;
  readonly tap: Tap;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly onError: (error: unknown) => void;
}

interface Recorded {
  readonly stream: RecordableStream;
  readonly track: TrackRecording;
  inRoom: string;
  untap: () => void;
}

const tickMs = 200;

/** Records all streams of a room, each into a file of its own, with a manifest. */
export class RoomRecording {
  readonly #room: string;
  readonly #directory: string;
  readonly #tap: Tap;
  readonly #startedAt: number;
  readonly #manifest: ReplacedJson;
  readonly #onError: (error: unknown) => void;
  /** Those that come, by id. */
  readonly #recorded = new Map<string, Recorded>();
  /** Those that have ended. */
  readonly #ended: Recorded[] = [];
  #files = 0;
  #tickedAt = 0;
  #endedAt: number | null = null;

  /** Resolves when the directory is made, which must not be there yet, and has a manifest. */
  static async begin(options: RecordingOptions): Promise<RoomRecording> {
    await mkdir(options.directory);
    const recording = new RoomRecording(options);
    await recording.#manifest.write(recording.#describe());
    return recording;
  }

  private constructor(options: RecordingOptions) {
    this.#room = options.room;
    this.#directory = options.directory;
    this.#tap = options.tap;
    this.#startedAt = options.now;
    this.#onError = options.onError;
    this.#manifest = new ReplacedJson(join(options.directory, manifestName));
  }

  /** The streams that there are now: new ones are recorded too, others have ended. */
  update(streams: readonly RecordableStream[]): void {
    for (const stream of streams) {
      const found = this.#recorded.get(stream.id);
      if (found === undefined) this.#begin(stream);
      else if (found.inRoom !== stream.inRoom) this.#follow(found, stream.inRoom);
    }
    const now = new Set(streams.map(({ id }) => id));
    for (const [id, recorded] of this.#recorded) if (!now.has(id)) this.#finish(id, recorded);
  }

  tick(now: number): void {
    if (now - this.#tickedAt < tickMs) return;
    this.#tickedAt = now;
    for (const { track } of this.#recorded.values()) track.tick(now);
  }

  /** Resolves when all files are whole. */
  async stop(now: number): Promise<RecordingManifest> {
    for (const { untap } of this.#recorded.values()) untap();
    await Promise.all([...this.#recorded.values(), ...this.#ended].map(({ track }) => track.close()));
    this.#endedAt = now;
    await this.#manifest.write(this.#describe());
    return this.#describe();
  }

  #begin(stream: RecordableStream): void {
    const track = new TrackRecording({
      directory: this.#directory,
      startedAt: this.#startedAt,
      nextName: () => {
        this.#files += 1;
        return `${this.#files}-${stream.kind}`;
      },
      onChange: () => this.#writeManifest(),
      onError: this.#onError,
    });
    const recorded: Recorded = { stream, track, inRoom: '', untap: () => {} };
    this.#recorded.set(stream.id, recorded);
    this.#follow(recorded, stream.inRoom);
  }

  #follow(recorded: Recorded, inRoom: string): void {
    recorded.untap();
    if (recorded.inRoom !== '') recorded.track.forgetSources();
    recorded.inRoom = inRoom;
    recorded.untap = this.#tap(inRoom, (source, packet, now) => recorded.track.take(source, packet, now));
  }

  #finish(id: string, recorded: Recorded): void {
    recorded.untap();
    this.#recorded.delete(id);
    this.#ended.push(recorded);
    recorded.track.close().catch(this.#onError);
  }

  #describe(): RecordingManifest {
    const all = [...this.#ended, ...this.#recorded.values()];
    const tracks = all.flatMap(({ stream: { id, participant, name, kind }, track }) =>
      track.tracks.map((each) => ({ ...each, stream: id, participant, name, kind })),
    );
    return {
      version: 1,
      room: this.#room,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      tracks: tracks.sort((a, b) => Number.parseInt(a.file, 10) - Number.parseInt(b.file, 10)),
    };
  }

  #writeManifest(): void {
    this.#manifest.write(this.#describe()).catch(this.#onError);
  }
}
