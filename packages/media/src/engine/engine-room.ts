import { StoaError } from '@stoa/protocol';
import type { PipedStream } from '../pipe/messages.ts';
import { RoomPart } from '../pipe/room-part.ts';
import { RoomPipes } from '../pipe/room-pipes.ts';
import { Room } from '../room/room.ts';
import { chooseAudible } from '../speakers/audible.ts';
import { RoomSpeakers } from '../speakers/room-speakers.ts';
import type { ConnectionState, TransportOptions } from '../transport/connection.ts';
import { checkLimits, checkWishes, mediaKind } from './check-arguments.ts';
import type { EncodingWish, MediaEvent } from './events.ts';
import type {
  Limits,
  OfferedStream,
  PublishedStream,
  RoomOptions,
  StreamKind,
  ViewOffer,
  Wish,
} from './media-engine.ts';
import { directionOf, type Participant } from './participant.ts';
import { type EngineStream, type PublishedAnswer, Publisher } from './publisher.ts';
import { QualityMeter } from './quality-meter.ts';
import { publishingStatistics, viewingStatistics } from './read-statistics.ts';
import { Recorder } from './recorder.ts';
import type { RoomStatistics } from './statistics.ts';
import { Viewer, type Watchable } from './viewer.ts';

const speakerIntervalMs = 100;
const qualityIntervalMs = 2000;
const pauseIntervalMs = 500;
const defaultAudible = 6;

/** The participants of a room: what they publish and want, over the transports of a `Room`. */
export class EngineRoom {
  readonly #id: string;
  readonly #emit: (event: MediaEvent) => void;
  readonly #room: Room;
  readonly #participants = new Map<string, Participant>();
  /** Who publishes each stream. */
  readonly #streams = new Map<string, Publisher>();
  readonly #pipes: RoomPipes;
  /** Where the streams come from when the room lives in another process, and those that it has. */
  #part: RoomPart | undefined;
  #remote: ReadonlyMap<string, PipedStream> = new Map();
  readonly #states = new Map<string, ConnectionState>();
  readonly #speakers = new RoomSpeakers();
  readonly recorder: Recorder;
  readonly #options: RoomOptions;
  #heardAt = 0;
  #judgedAt = 0;
  #lookedAt = 0;

  constructor(
    id: string,
    options: RoomOptions,
    connections: TransportOptions,
    emit: (event: MediaEvent) => void,
  ) {
    this.#id = id;
    this.#emit = emit;
    this.#options = options;
    this.#room = new Room({
      ...connections,
      onState: (transport, state) => this.#onState(transport, state),
      onLayers: (stream, layers) => this.#onLayers(stream, layers),
    });
    this.#pipes = new RoomPipes(this.#room);
    this.recorder = new Recorder({
      room: id,
      tap: (inRoom, listener) => this.#room.tap(inRoom, listener),
      streams: () =>
        [...this.#participants.values()].flatMap(({ id: participant, publisher }) =>
          publisher.streams.map((stream) => ({ ...stream, participant })),
        ),
      onError: (error) => emit({ type: 'recordingFailed', room: id, message: String(error) }),
    });
  }

  /** Makes this a part of a room that lives in another process, which will connect to this path by `pipe`. */
  async becomePart(path: string): Promise<void> {
    this.#part = await RoomPart.listen(path, this.#room, {
      onStreams: (streams) => this.#setRemote(streams),
      onLevels: (levels) => {
        if (this.#speakers.update(levels, Date.now())) this.#showAll();
      },
    });
  }

  /** Gives a part in another process what is viewed there. */
  pipe(path: string): Promise<void> {
    return this.#pipes.open(path, this.#piped());
  }

  permit(id: string, kinds: readonly StreamKind[]): void {
    this.#participant(id).publisher.permit(kinds);
  }

  limit(id: string, limits: Limits): void {
    checkLimits(limits);
    const participant = this.#participant(id);
    participant.limits = limits;
    this.#applyLimits(participant);
  }

  publish(
    id: string,
    offer: { readonly sdp: string; readonly streams: readonly OfferedStream[] },
  ): Promise<PublishedAnswer> {
    const participant = this.#participant(id);
    return this.#oneByOne(participant, async () => {
      const answer = await participant.publisher.publish(offer.sdp, offer.streams);
      if (this.#participants.get(id) !== participant) participant.publisher.close();
      this.#applyLimits(participant);
      this.#showAll();
      return answer;
    });
  }

  unpublish(id: string): void {
    this.#participants.get(id)?.publisher.close();
    this.#showAll();
  }

  streams(): PublishedStream[] {
    return [...this.#participants.values()].flatMap(({ publisher }) =>
      publisher.streams.map((stream) => publisher.describe(stream)),
    );
  }

  closeStream(id: string): void {
    const { stream, publisher } = this.#stream(id);
    publisher.closeStream(stream);
    this.#showAll();
  }

  mute(id: string, muted: boolean): void {
    const { stream, publisher } = this.#stream(id);
    publisher.mute(stream, muted);
  }

  requestKeyFrame(id: string): void {
    this.#room.requestKeyFrame(this.#stream(id).stream.inRoom);
  }

  view(id: string): Promise<ViewOffer> {
    return this.#connect(id, (participant) => participant.viewer.open(this.#wanted(participant)));
  }

  play(id: string, offer: string): Promise<string> {
    return this.#connect(id, ({ viewer }) => viewer.play(offer));
  }

  answer(id: string, answer: ViewOffer): void {
    const participant = this.#participant(id);
    participant.viewer.answer(answer);
    this.#show(participant);
  }

  watch(id: string, wishes: readonly Wish[]): { offer: ViewOffer | null } {
    const participant = this.#participant(id);
    participant.wishes = checkWishes(wishes);
    this.#show(participant);
    participant.viewer.grow(this.#wanted(participant));
    return { offer: participant.viewer.growing };
  }

  unview(id: string): void {
    this.#participants.get(id)?.viewer.close();
  }

  leave(id: string): void {
    const participant = this.#participants.get(id);
    if (participant === undefined) return;
    const published = participant.publisher.streams.length > 0;
    this.#participants.delete(id);
    participant.viewer.close();
    participant.publisher.close();
    // Nobody sees anything else when one of a large audience goes.
    if (published) this.#showAll();
  }

  tick(now: number): void {
    this.#room.tick(now);
    this.#pipes.tick(now);
    this.#part?.tick(now);
    this.recorder.tick(now);
    if (now - this.#heardAt >= speakerIntervalMs) {
      this.#heardAt = now;
      this.#listen(now);
    }
    if (now - this.#lookedAt >= pauseIntervalMs) {
      this.#lookedAt = now;
      for (const { viewer } of this.#participants.values()) viewer.look();
    }
    if (now - this.#judgedAt >= qualityIntervalMs) {
      this.#judgedAt = now;
      for (const participant of this.#participants.values()) this.#judge(participant);
    }
  }

  /** Resolves when what is recorded of it is whole. */
  async close(): Promise<void> {
    this.#participants.clear();
    this.#pipes.close();
    this.#part?.close();
    this.#room.closeAll();
    if (this.recorder.isOn) await this.recorder.stop();
  }

  statistics(): RoomStatistics {
    const stateOf = (transport: string): ConnectionState => this.#states.get(transport) ?? 'connecting';
    const participants = [...this.#participants.values()].map(({ id, publisher, viewer }) => ({
      participant: id,
      publishing: publishingStatistics(publisher, this.#room, stateOf),
      viewing: viewingStatistics(viewer, this.#room, stateOf),
    }));
    return { participants };
  }

  #participant(id: string): Participant {
    const found = this.#participants.get(id);
    if (found !== undefined) return found;
    const participant: Participant = {
      id,
      publisher: new Publisher(id, this.#room, {
        onStarted: (stream) => this.#onStarted(participant.publisher, stream),
        onEnded: (stream) => this.#onEnded(participant.publisher, stream),
      }),
      viewer: new Viewer(this.#room, (slots) =>
        this.#emit({ type: 'slots', room: this.#id, participant: id, slots }),
      ),
      wishes: new Map(),
      limits: {},
      audible: new Set(),
      quality: { publish: new QualityMeter(), view: new QualityMeter() },
      busy: Promise.resolve(),
    };
    this.#participants.set(id, participant);
    return participant;
  }

  #stream(id: string): { stream: EngineStream; publisher: Publisher } {
    const publisher = this.#streams.get(id);
    const stream = publisher?.find(id);
    if (publisher === undefined || stream === undefined)
      throw new StoaError('NOT_FOUND', `There is no stream "${id}".`);
    return { stream, publisher };
  }

  #connect<T>(id: string, open: (participant: Participant) => Promise<T>): Promise<T> {
    const participant = this.#participant(id);
    return this.#oneByOne(participant, async () => {
      const answer = await open(participant);
      if (this.#participants.get(id) !== participant) participant.viewer.close();
      this.#applyLimits(participant);
      this.#show(participant);
      return answer;
    });
  }

  #oneByOne<T>(participant: Participant, work: () => Promise<T>): Promise<T> {
    const done = participant.busy.then(work);
    participant.busy = done.catch(() => {});
    return done;
  }

  #onStarted(publisher: Publisher, stream: EngineStream): void {
    this.#streams.set(stream.id, publisher);
    this.#emit({ type: 'streamStarted', room: this.#id, stream: publisher.describe(stream) });
  }

  #onEnded(publisher: Publisher, stream: EngineStream): void {
    this.#streams.delete(stream.id);
    this.#emit({ type: 'streamEnded', room: this.#id, stream: publisher.describe(stream) });
  }

  /** What a viewer wants of what there is, in the order of its wishes, with the audible microphones only. */
  #wanted(participant: Participant): Watchable[] {
    const all = [...participant.wishes.keys()].flatMap(
      (id) => this.#streams.get(id)?.find(id) ?? this.#remote.get(id) ?? [],
    );
    const microphones = all.filter(({ kind }) => kind === 'microphone').map(({ id }) => id);
    const places = this.#options.audibleMicrophones ?? defaultAudible;
    participant.audible = new Set(
      chooseAudible(microphones, this.#speakers.voices, participant.audible, places),
    );
    return all
      .filter(({ id, kind }) => kind !== 'microphone' || participant.audible.has(id))
      .map(({ id, kind, inRoom }) => ({
        stream: id,
        kind: mediaKind(kind),
        inRoom,
        isScreen: kind === 'screen',
      }));
  }

  #listen(now: number): void {
    if (this.#part !== undefined) return;
    const levels = new Map<string, number>();
    const owners = new Map<string, string>();
    for (const { id: owner, publisher } of this.#participants.values()) {
      for (const { id, kind, inRoom } of publisher.streams) {
        if (kind !== 'microphone') continue;
        levels.set(id, this.#room.takeLevel(inRoom));
        owners.set(id, owner);
      }
    }
    this.#pipes.tellLevels(levels);
    if (!this.#speakers.update(levels, now)) return;
    this.#showAll();
    this.#emit({
      type: 'speakers',
      room: this.#id,
      speakers: this.#speakers.talkers.map(({ stream, loudness }) => ({
        stream,
        participant: owners.get(stream) ?? '',
        level: loudness,
      })),
      active: this.#speakers.active ?? null,
    });
  }

  #judge({ id: participant, publisher, viewer, quality }: Participant): void {
    for (const [direction, transport] of [
      ['publish', publisher.transport],
      ['view', viewer.transport],
    ] as const) {
      if (transport === undefined) continue;
      const meter = quality[direction];
      if (!meter.add(this.#room.measure(transport))) continue;
      const { quality: level, reason } = meter;
      this.#emit({ type: 'quality', room: this.#id, participant, direction, quality: level, reason });
    }
  }

  #applyLimits({ limits, publisher, viewer }: Participant): void {
    const { publish, view, height } = { ...this.#options.bitrates, ...limits };
    for (const transport of publisher.transports) this.#room.limit(transport, publish, height);
    if (viewer.transport !== undefined) this.#room.limit(viewer.transport, view);
  }

  #onLayers(inRoom: string, layers: readonly EncodingWish[]): void {
    this.#part?.tellLayers(inRoom, layers);
    for (const { id: participant, publisher } of this.#participants.values()) {
      const stream = publisher.streams.find((each) => each.inRoom === inRoom);
      if (stream === undefined) continue;
      const { id, mid } = stream;
      this.#emit({ type: 'encodings', room: this.#id, participant, stream: id, mid, encodings: layers });
    }
  }

  #piped(): PipedStream[] {
    return [...this.#participants.values()].flatMap(({ publisher }) =>
      publisher.streams.map(({ id, kind, inRoom }) => ({ id, kind, inRoom })),
    );
  }

  #setRemote(streams: readonly PipedStream[]): void {
    this.#remote = new Map(streams.map((stream) => [stream.id, stream]));
    this.#room.setRemote(streams.map(({ inRoom, kind }) => ({ id: inRoom, kind: mediaKind(kind) })));
    this.#showAll();
  }

  #show(participant: Participant): void {
    participant.viewer.show(this.#wanted(participant), participant.wishes);
  }

  #showAll(): void {
    this.recorder.update();
    this.#pipes.tellStreams(() => this.#piped());
    for (const participant of this.#participants.values()) {
      this.#show(participant);
      if (!participant.viewer.grow(this.#wanted(participant))) continue;
      const offer = participant.viewer.growing;
      if (offer !== null) this.#emit({ type: 'offer', room: this.#id, participant: participant.id, offer });
    }
  }

  #onState(transport: string, state: ConnectionState): void {
    if (state === 'closed') this.#states.delete(transport);
    else this.#states.set(transport, state);
    for (const participant of this.#participants.values()) {
      const { id, publisher } = participant;
      if (state === 'connected' && publisher.onConnected(transport)) this.#showAll();
      const direction = directionOf(participant, transport, state);
      if (direction !== undefined)
        this.#emit({ type: 'connection', room: this.#id, participant: id, direction, state });
    }
  }
}
