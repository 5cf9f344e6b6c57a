import type { MediaEngine, MediaEvent, ViewOffer } from '@stoa/media';
import { type OperationRequest, type RoomNotice, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { RunningRecording } from '../recordings/index.ts';
import { requireCodecs } from './codecs.ts';
import { ofEncoder } from './encoders.ts';
import { LastingNotices } from './lasting-notices.ts';
import {
  engineWishes,
  mediaIdOf,
  offeredStreams,
  permittedKinds,
  readStreamId,
  streamId,
} from './media-names.ts';
import { Recorder } from './recorder.ts';
import { requireRecordable } from './recording.ts';
import { emptyRoom, reduce } from './reduce.ts';
import {
  type Addressee,
  type ParticipantKey,
  type Publication,
  placeOf,
  type RoomEffect,
  type RoomFacts,
  type RoomInput,
  type RoomRules,
  type RoomState,
} from './room-state.ts';
import { participantOf } from './steps.ts';
import { requirePublishable } from './streams.ts';
import { publishable } from './view.ts';

export interface LiveRoomOptions {
  readonly facts: RoomFacts;
  readonly rules: RoomRules;
  readonly engine: MediaEngine;
  readonly clock: Clock;
  readonly beginRecording: (by: string) => Promise<RunningRecording>;
  readonly tell: (to: readonly Addressee[], notice: RoomNotice) => void;
  /** A participant is not in the room any more. */
  readonly onGone: (key: ParticipantKey) => void;
  readonly onError: (error: unknown) => void;
}

type PublishRequest = Omit<OperationRequest<'rooms.publish'>, 'gid'>;

/** A room with its media: carries out what the reducer decides. */
export class LiveRoom {
  state: RoomState;
  /** Of the room in the media plane; another one after that has lost it. */
  mediaId: string;

  readonly #options: LiveRoomOptions;
  readonly #lasting = new LastingNotices();
  readonly #recorder: Recorder;
  #restarts = 0;
  #isClosed = false;

  static async open(options: LiveRoomOptions): Promise<LiveRoom> {
    const room = new LiveRoom(options);
    await options.engine.createRoom(room.mediaId);
    return room;
  }

  private constructor(options: LiveRoomOptions) {
    this.#options = options;
    this.state = emptyRoom(options.facts, options.rules);
    this.mediaId = this.#nextMediaId();
    const { engine, clock, beginRecording: begin, onError } = options;
    this.#recorder = new Recorder({ engine, begin, now: () => clock.now(), onError });
  }

  /** @throws StoaError when it is not allowed */
  take(input: RoomInput): void {
    const { state, effects } = reduce(this.state, input, { now: this.#options.clock.now() });
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (input.type === 'join') this.#recorder.note(() => state.participants.values());
  }

  async publish(key: ParticipantKey, { sdp, streams }: PublishRequest): Promise<{ sdp?: string }> {
    const { engine } = this.#options;
    requirePublishable(this.state, key, streams);
    if (sdp === undefined || streams.length === 0) {
      if (streams.length > 0) throw new StoaError('BAD_REQUEST', 'Streams come with an offer.');
      this.#lasting.published(key, undefined);
      this.take({ type: 'published', key, streams: [] });
      await engine.unpublish(this.mediaId, key);
      return {};
    }
    requireCodecs(sdp, this.state.rules.codecs);
    this.#lasting.published(key, sdp);
    const publications = streams.map(toPublication);
    const answer = await engine.publish(this.mediaId, key, { sdp, streams: offeredStreams(publications) });
    try {
      this.take({ type: 'published', key, streams: publications });
    } catch (error) {
      // It was allowed, and is not any more.
      await engine.unpublish(this.mediaId, key);
      throw error;
    }
    return { sdp: answer.sdp };
  }

  /** @throws StoaError NOT_IN_ROOM or PERMISSION_DENIED */
  async receive(key: ParticipantKey): Promise<ViewOffer> {
    const { rights } = participantOf(this.state, key);
    if (!rights.has('subscribe'))
      throw new StoaError('PERMISSION_DENIED', 'The user may not watch in this room.');
    const offer = await this.#options.engine.view(this.mediaId, key);
    if (this.state.participants.get(key)?.rights.has('subscribe') === true) return offer;
    await this.#options.engine.unview(this.mediaId, key);
    throw new StoaError('PERMISSION_DENIED', 'The user may not watch in this room.');
  }

  async answer(key: ParticipantKey, answer: ViewOffer): Promise<void> {
    participantOf(this.state, key);
    await this.#options.engine.answer(this.mediaId, key, answer);
  }

  /**
   * Answers the offer of a player, and shows in its m-lines what it wants.
   *
   * @throws StoaError NOT_IN_ROOM, PERMISSION_DENIED, or BAD_REQUEST for an offer that cannot be taken
   */
  async play(key: ParticipantKey, sdp: string): Promise<string> {
    const { engine } = this.#options;
    await engine.watch(this.mediaId, key, engineWishes(this.state, participantOf(this.state, key)));
    const answer = await engine.play(this.mediaId, key, sdp);
    if (this.state.participants.get(key)?.rights.has('subscribe') === true) return answer;
    await engine.leave(this.mediaId, key);
    throw new StoaError('PERMISSION_DENIED', 'The user may not watch in this room.');
  }

  /** What is not there yet is shown when it comes, but needs m-lines then: the offer is for them. */
  async watch(
    key: ParticipantKey,
    { streams, others }: Pick<OperationRequest<'rooms.watch'>, 'streams' | 'others'>,
  ): Promise<ViewOffer | undefined> {
    // Not by the effect, so that the offer is in the answer.
    const wishes = { streams, others };
    const { state } = reduce(this.state, { type: 'watch', key, wishes }, { now: this.#options.clock.now() });
    this.state = state;
    const viewer = participantOf(state, key);
    const { offer } = await this.#options.engine.watch(this.mediaId, key, engineWishes(state, viewer));
    return offer ?? undefined;
  }

  /** Tells a device again what it may not have heard while it was not connected. */
  repeat(key: ParticipantKey): void {
    for (const notice of this.#lasting.of(key)) this.#tellOne(key, notice);
  }

  /**
   * Records all that is published, or ends that: then resolves when the files are whole.
   *
   * @throws StoaError NOT_IN_ROOM or PERMISSION_DENIED
   */
  async record(key: ParticipantKey, on: boolean): Promise<void> {
    requireRecordable(this.state, key);
    if (!on) {
      await this.endRecording();
      return;
    }
    const { address } = participantOf(this.state, key);
    await this.#recorder.start(this.mediaId, address, this.state.participants.values());
    if (this.state.participants.has(key)) this.take({ type: 'recording', by: key });
    else await this.endRecording();
  }

  /** Resolves when the files are whole. */
  async endRecording(): Promise<void> {
    this.take({ type: 'recording', by: undefined });
    try {
      await this.#recorder.stop(this.mediaId);
    } finally {
      // Who began it may have been told so only when it was to end already.
      this.take({ type: 'recording', by: undefined });
    }
  }

  /** Something happened in the media plane. */
  heard(event: MediaEvent): void {
    switch (event.type) {
      case 'slots': {
        const slots = event.slots.map(({ mid, stream, paused }) => {
          const of = stream === null ? undefined : this.#placeOf(stream);
          return { mid, ...(of === undefined ? {} : { of, ...(paused && { paused }) }) };
        });
        this.#tellLasting(event.participant, { type: 'slots', slots });
        return;
      }
      case 'offer':
        this.#tellOne(event.participant, { type: 'offer', ...event.offer });
        return;
      case 'speakers': {
        const speakers = event.speakers.flatMap(({ stream }) => readStreamId(stream) ?? []);
        const active = event.active === null ? undefined : readStreamId(event.active);
        this.take({ type: 'speakers', speakers, active });
        return;
      }
      case 'encodings': {
        const { mid } = event;
        const encodings = event.encodings.map(({ rid, active }) => ({ rid, active }));
        this.#tellLasting(event.participant, { type: 'encodings', mid, encodings });
        return;
      }
      case 'quality': {
        const { direction, quality, reason } = event;
        this.#tellOne(event.participant, { type: 'quality', direction, quality, reason });
        return;
      }
      case 'recordingFailed':
        this.#options.onError(new Error(`A room could not be recorded: ${event.message}`));
        return;
      case 'roomLost':
        this.#restart().catch(this.#options.onError);
        return;
      case 'connection': {
        const participant = this.state.participants.get(event.participant);
        const input = ofEncoder(participant, event);
        if (input !== undefined) this.take(input);
        // Its connection has failed here, which the device may notice much later.
        else if (event.state === 'closed' && participant?.as === undefined)
          this.#tellOne(event.participant, { type: 'restart', direction: event.direction });
        return;
      }
      case 'streamStarted':
      case 'streamEnded':
        return;
    }
  }

  /** Ends the media. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#recorder.stop(this.mediaId).catch(this.#options.onError);
    await this.#options.engine.closeRoom(this.mediaId);
  }

  /** The process that forwarded is gone: another one takes the room, and everybody connects to it. */
  async #restart(): Promise<void> {
    const { engine, clock, onError } = this.#options;
    const mediaId = this.#nextMediaId();
    this.mediaId = mediaId;
    this.#lasting.clear();
    try {
      await engine.createRoom(mediaId);
    } catch (error) {
      if (!(error instanceof StoaError) || !error.retryable) throw error;
      // It was the only process, and the next one is being started.
      const stop = clock.every(restartMs, () => {
        stop();
        if (!this.#isClosed && this.mediaId === mediaId) this.#restart().catch(onError);
      });
      return;
    }
    this.#recorder.resume(mediaId).catch((error: unknown) => {
      onError(error);
      // Nobody is to be told that he is recorded when he is not.
      this.#attempt(this.endRecording());
    });
    for (const { key, as } of [...this.state.participants.values()]) {
      // It cannot be told to connect anew.
      if (as !== undefined) this.take({ type: 'leave', key, reason: 'lost' });
      this.#carryOut({ type: 'permit', key });
      this.#carryOut({ type: 'watch', key });
    }
    this.take({ type: 'mediaLost' });
  }

  #carryOut(effect: RoomEffect): void {
    const { engine, tell, onGone } = this.#options;
    const id = this.mediaId;
    switch (effect.type) {
      case 'tell':
        tell(effect.to, effect.notice);
        return;
      case 'permit': {
        const participant = this.state.participants.get(effect.key);
        if (participant === undefined) return;
        const { rules } = this.state;
        this.#attempt(engine.permit(id, effect.key, permittedKinds(participant, rules)));
        const { bitrate } = rules;
        const { height } = publishable(participant, rules);
        this.#attempt(engine.limit(id, effect.key, { height, ...(bitrate > 0 ? { publish: bitrate } : {}) }));
        return;
      }
      case 'mute':
        this.#attempt(engine.mute(id, streamId(effect.key, effect.sid, effect.half), effect.muted));
        return;
      case 'unpublish':
        this.#attempt(engine.unpublish(id, effect.key));
        return;
      case 'unview':
        this.#lasting.unviewed(effect.key);
        this.#attempt(engine.unview(id, effect.key));
        return;
      case 'watch':
        this.#attempt(this.#watchAgain(effect.key));
        return;
      case 'gone':
        this.#lasting.gone(effect.key);
        this.#attempt(engine.leave(id, effect.key));
        onGone(effect.key);
        return;
    }
  }

  async #watchAgain(key: ParticipantKey): Promise<void> {
    const viewer = this.state.participants.get(key);
    if (viewer?.wishes === undefined) return;
    const wishes = engineWishes(this.state, viewer);
    const { offer } = await this.#options.engine.watch(this.mediaId, key, wishes);
    if (offer !== null) this.#tellOne(key, { type: 'offer', ...offer });
  }

  /** What the media plane does not know (any more) needs nothing. */
  #attempt(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      const isGone =
        error instanceof StoaError && (error.code === 'NOT_FOUND' || error.code === 'UNAVAILABLE');
      if (!isGone) this.#options.onError(error);
    });
  }

  #tellOne(key: ParticipantKey, notice: RoomNotice): void {
    const participant = this.state.participants.get(key);
    if (participant !== undefined) this.#options.tell([participant], notice);
  }

  #tellLasting(key: ParticipantKey, notice: RoomNotice): void {
    if (this.state.participants.has(key)) this.#lasting.note(key, notice);
    this.#tellOne(key, notice);
  }

  #placeOf(stream: string) {
    const id = readStreamId(stream);
    const participant = id === undefined ? undefined : this.state.participants.get(id.key);
    return id === undefined || participant === undefined ? undefined : placeOf(participant, id.sid);
  }

  #nextMediaId(): string {
    const { gid, session } = this.#options.facts;
    this.#restarts += 1;
    return mediaIdOf(gid, session, this.#restarts);
  }
}

function toPublication({
  sid,
  source,
  name,
  audio,
  video,
  audioMuted = false,
  videoMuted = false,
}: PublishRequest['streams'][number]): Publication {
  const half = (mid: string | undefined, muted: boolean) =>
    mid === undefined ? undefined : ({ mid, state: muted ? 'muted' : 'on' } as const);
  return { sid, source, name, audio: half(audio, audioMuted), video: half(video, videoMuted) };
}

/** Between two attempts to have the media of a room forwarded again. */
const restartMs = 200;
