import type { RecordingManifest } from '../recording/manifest.ts';
import type { MediaEvent } from './events.ts';
import type { MediaTotals, RoomStatistics } from './statistics.ts';

/** What a stream shows or tells, as its publisher says; the kind of its m-line has to fit. */
export type StreamKind = 'microphone' | 'camera' | 'screen' | 'screenSound';

/** One m-line of a publisher's offer. */
export interface OfferedStream {
  readonly mid: string;
  readonly kind: StreamKind;
  /** Unique among the streams of its participant, and the same when its transport is replaced: letters, digits, _ and -. */
  readonly name: string;
}

export interface PublishedStream {
  /** Unique in the room: `<participant>/<name>`. */
  readonly id: string;
  readonly participant: string;
  readonly name: string;
  readonly kind: StreamKind;
  readonly mid: string;
  /** False while it is muted or its kind is not permitted: its packets are dropped where they arrive. */
  readonly forwarded: boolean;
}

/** A stream that a viewer wants. */
export interface Wish {
  /** Id of a stream. One that is not there is shown when it comes. */
  readonly stream: string;
  /** Pixels in which a picture is seen; more than that is not sent. As large as it comes when not given. */
  readonly height?: number;
  /** Nothing is sent for now, but the slot is kept: for pictures that are not visible, too. */
  readonly paused?: boolean;
}

/** An offer to a viewer, to be answered with its version. */
export interface ViewOffer {
  /** Counts up: an answer to another offer than the newest is refused with CONFLICT. */
  readonly version: number;
  readonly sdp: string;
}

/** What is in an m-line of a viewer. */
export interface SlotContent {
  readonly mid: string;
  /** Null for nothing. */
  readonly stream: string | null;
  /** Why nothing is sent of it at the moment though it is published and wanted: the viewer's path does not take it. */
  readonly paused?: 'bandwidth';
}

export interface Bitrates {
  /** Bits per second of all that the participant publishes. */
  readonly publish?: number;
  /** Bits per second of all that is sent to the participant. */
  readonly view?: number;
}

/** The most that a participant may have. */
export interface Limits extends Bitrates {
  /** Pixels of the shorter side of pictures that the participant publishes: larger ones reach nobody. */
  readonly height?: number;
}

export interface RoomOptions {
  /** Most microphones that a viewer hears at a time: the loudest. 6 by default. */
  readonly audibleMicrophones?: number;
  /** For every participant that has no own by `limit`. */
  readonly bitrates?: Bitrates;
}

/**
 * What a server asks of the media plane, and what it hears of it. Only plain data crosses, so that the engine may be
 * in another process. A participant is one device in one room, with at most one transport in each direction; ids of
 * rooms and participants are the caller's.
 *
 * Every call rejects with a `StoaError`: NOT_FOUND for a room, participant, or stream that is not there, BAD_REQUEST
 * for malformed SDP or arguments, UNAVAILABLE when the process that had the room has ended (see the event `roomLost`).
 */
export interface MediaEngine {
  /** CONFLICT when there is one of this id. */
  createRoom(room: string, options?: RoomOptions): Promise<void>;
  /** Ends all its transports, without an event for each stream. */
  closeRoom(room: string): Promise<void>;

  /** What kinds a participant may publish: none before the first call. Takes effect on packets under way. */
  permit(room: string, participant: string, kinds: readonly StreamKind[]): Promise<void>;
  /** The most that a participant sends and gets. What is left out goes back to that of the room. */
  limit(room: string, participant: string, limits: Limits): Promise<void>;

  /**
   * Takes a publisher's offer, and answers it. Streams that the offer has no more have ended. An offer with other ICE
   * credentials than the one before is a new connection (the network changed): its streams take the place of those of
   * the same names once it is connected, and no viewer notices but by a key frame.
   */
  publish(
    room: string,
    participant: string,
    offer: { readonly sdp: string; readonly streams: readonly OfferedStream[] },
  ): Promise<{ readonly sdp: string; readonly streams: readonly PublishedStream[] }>;
  unpublish(room: string, participant: string): Promise<void>;
  streams(room: string): Promise<readonly PublishedStream[]>;
  /** Ends one stream. It comes back with a new transport only. */
  closeStream(room: string, stream: string): Promise<void>;
  /** Whether the packets of a stream are dropped where they arrive. */
  mute(room: string, stream: string, muted: boolean): Promise<void>;
  /** Asks the publisher for a key frame of all layers that are watched. */
  requestKeyFrame(room: string, stream: string): Promise<void>;

  /**
   * Opens a viewer's transport; again, a new one in place of it (the network changed), with the same slots. The viewer
   * is not to use the candidates of the first offer before its answer was taken: a viewer that connects in the middle
   * of `answer` is taken for a stranger, and closed.
   */
  view(room: string, participant: string): Promise<ViewOffer>;
  /**
   * As `view`, for a player that makes the offer itself: its m-lines that receive are the slots, all that there will be,
   * and its payload types and header extensions count. What is published in another codec is not shown.
   *
   * @returns the answer
   */
  play(room: string, participant: string, offer: string): Promise<string>;
  /** Takes the viewer's answer to the newest offer. */
  answer(room: string, participant: string, answer: ViewOffer): Promise<void>;
  /**
   * All that a viewer wants from now on; before `view`, too. The event `slots` tells where it is shown. There is an
   * offer when more slots are needed than there are: until its answer, what has no slot is not shown.
   */
  watch(
    room: string,
    participant: string,
    wishes: readonly Wish[],
  ): Promise<{ readonly offer: ViewOffer | null }>;
  unview(room: string, participant: string): Promise<void>;

  /** Ends all of a participant, permissions and limits too. Nothing happens when there is nobody. */
  leave(room: string, participant: string): Promise<void>;

  statistics(room: string): Promise<RoomStatistics>;
  /** Of each process; one that does not answer within a second is missing. */
  totals(): Promise<readonly MediaTotals[]>;

  /**
   * Records all that is published from now on into a new directory, a file for each stream, until it is stopped or the
   * room is closed. What is not permitted or muted is left out. CONFLICT when the room is being recorded.
   */
  record(room: string, directory: string): Promise<void>;
  /** Resolves when all files are whole. NOT_FOUND when the room is not being recorded. */
  stopRecording(room: string): Promise<RecordingManifest>;

  /** @returns how to stop listening. Listeners must not throw. */
  onEvent(listener: (event: MediaEvent) => void): () => void;

  /** Ends all rooms, and the processes. */
  close(): Promise<void>;
}
