import { StoaError } from '@stoa/protocol';
import type { RecordingManifest } from '../recording/manifest.ts';
import { type ConnectionOptions, type TransportOptions, transportOptions } from '../transport/connection.ts';
import { newMediaCounters } from '../transport/media-counters.ts';
import { EngineRoom } from './engine-room.ts';
import type { MediaEvent } from './events.ts';
import type {
  Limits,
  MediaEngine,
  OfferedStream,
  PublishedStream,
  RoomOptions,
  StreamKind,
  ViewOffer,
  Wish,
} from './media-engine.ts';
import type { PublishedAnswer } from './publisher.ts';
import type { MediaTotals, RoomStatistics } from './statistics.ts';

/** Feedback, reports and pacing are due this often. */
const tickMs = 20;

/** The media plane in this process. */
export class LocalEngine implements MediaEngine {
  readonly #connections: TransportOptions;
  readonly #counters = newMediaCounters();
  readonly #rooms = new Map<string, EngineRoom>();
  readonly #listeners = new Set<(event: MediaEvent) => void>();
  readonly #clock: NodeJS.Timeout;

  constructor(connections: ConnectionOptions = {}) {
    this.#connections = { ...transportOptions(connections), counters: this.#counters };
    this.#clock = setInterval(() => this.#tick(Date.now()), tickMs);
    this.#clock.unref();
  }

  async createRoom(room: string, options: RoomOptions = {}): Promise<void> {
    if (this.#rooms.has(room)) throw new StoaError('CONFLICT', `There is a room "${room}" already.`);
    const emit = (event: MediaEvent) => {
      for (const listener of this.#listeners) listener(event);
    };
    this.#rooms.set(room, new EngineRoom(room, options, this.#connections, emit));
  }

  /** Opens a part of a room that lives in another process; its viewers are viewed here. `pipe` connects the two. */
  async openPart(room: string, options: RoomOptions, path: string): Promise<void> {
    await this.createRoom(room, options);
    await this.#room(room).becomePart(path);
  }

  /** Gives a part of the room, in another process, what is viewed there. */
  async pipe(room: string, path: string): Promise<void> {
    await this.#room(room).pipe(path);
  }

  async closeRoom(room: string): Promise<void> {
    const found = this.#room(room);
    this.#rooms.delete(room);
    await found.close();
  }

  async permit(room: string, participant: string, kinds: readonly StreamKind[]): Promise<void> {
    this.#room(room).permit(participant, kinds);
  }

  async limit(room: string, participant: string, limits: Limits): Promise<void> {
    this.#room(room).limit(participant, limits);
  }

  async publish(
    room: string,
    participant: string,
    offer: { readonly sdp: string; readonly streams: readonly OfferedStream[] },
  ): Promise<PublishedAnswer> {
    return this.#room(room).publish(participant, offer);
  }

  async unpublish(room: string, participant: string): Promise<void> {
    this.#room(room).unpublish(participant);
  }

  async streams(room: string): Promise<readonly PublishedStream[]> {
    return this.#room(room).streams();
  }

  async closeStream(room: string, stream: string): Promise<void> {
    this.#room(room).closeStream(stream);
  }

  async mute(room: string, stream: string, muted: boolean): Promise<void> {
    this.#room(room).mute(stream, muted);
  }

  async requestKeyFrame(room: string, stream: string): Promise<void> {
    this.#room(room).requestKeyFrame(stream);
  }

  async view(room: string, participant: string): Promise<ViewOffer> {
    return this.#room(room).view(participant);
  }

  async play(room: string, participant: string, offer: string): Promise<string> {
    return this.#room(room).play(participant, offer);
  }

  async answer(room: string, participant: string, answer: ViewOffer): Promise<void> {
    this.#room(room).answer(participant, answer);
  }

  async watch(
    room: string,
    participant: string,
    wishes: readonly Wish[],
  ): Promise<{ readonly offer: ViewOffer | null }> {
    return this.#room(room).watch(participant, wishes);
  }

  async unview(room: string, participant: string): Promise<void> {
    this.#room(room).unview(participant);
  }

  async leave(room: string, participant: string): Promise<void> {
    this.#room(room).leave(participant);
  }

  async statistics(room: string): Promise<RoomStatistics> {
    return this.#room(room).statistics();
  }

  async totals(): Promise<readonly MediaTotals[]> {
    const rooms = [...this.#rooms.values()];
    const streams = rooms.reduce((sum, room) => sum + room.streams().length, 0);
    return [{ ...this.#counters, streams, worker: 0 }];
  }

  async record(room: string, directory: string): Promise<void> {
    await this.#room(room).recorder.start(directory);
  }

  async stopRecording(room: string): Promise<RecordingManifest> {
    return this.#room(room).recorder.stop();
  }

  onEvent(listener: (event: MediaEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    clearInterval(this.#clock);
    const rooms = [...this.#rooms.values()];
    this.#rooms.clear();
    await Promise.all(rooms.map((room) => room.close()));
  }

  #tick(now: number): void {
    for (const room of this.#rooms.values()) room.tick(now);
  }

  #room(id: string): EngineRoom {
    const found = this.#rooms.get(id);
    if (found === undefined) throw new StoaError('NOT_FOUND', `There is no room "${id}".`);
    return found;
  }
}
