import type { RoomParticipant, RoomPauseReason, RoomStream } from '@stoa/protocol';
import type { RoomPlatform } from './room-platform.ts';

export interface RemoteStreamOptions {
  readonly participant: RoomParticipant;
  readonly info: RoomStream;
  readonly platform: RoomPlatform;
  /** What is wanted of it has changed. */
  readonly onWish: () => void;
}

/** What is wanted of a stream. */
export interface StreamSubscription {
  readonly audio: boolean;
  readonly video: boolean;
}

/**
 * A stream of somebody else: always the same object for the same stream, also after it was interrupted. Its sound
 * comes by itself, unless the application says otherwise; its picture when it is attached to an element or subscribed.
 */
export class RemoteStream {
  readonly sid: number;
  /** Empty tracks come and go with what is wanted; the object stays. */
  readonly mediaStream: MediaStream;
  participant: RoomParticipant;
  info: RoomStream;
  /** False when it has ended; a stream of the same number brings it back. */
  isThere = true;
  isTalking = false;
  /**
   * Why the server sends no picture, though there is one that is wanted: `bandwidth` when the way to this device does
   * not take it. The event `streamChanged` tells of it. Undefined while the picture is muted or switched off by its
   * publisher, as `info.video` says.
   */
  paused: RoomPauseReason | undefined;
  /** By the application: undefined as long as it has not said anything. */
  subscription: StreamSubscription | undefined;

  readonly #platform: RoomPlatform;
  readonly #onWish: () => void;
  readonly #elements = new Map<HTMLMediaElement, { height: number; stop: () => void }>();
  #height: number | undefined;

  constructor({ participant, info, platform, onWish }: RemoteStreamOptions) {
    this.sid = info.sid;
    this.participant = participant;
    this.info = info;
    this.mediaStream = platform.newStream();
    this.#platform = platform;
    this.#onWish = onWish;
  }

  get user(): string {
    return this.participant.user;
  }

  get dev(): number {
    return this.participant.dev;
  }

  get hasAudio(): boolean {
    return this.info.audio !== undefined;
  }

  get hasVideo(): boolean {
    return this.info.video !== undefined;
  }

  /** Whether it is shown in an element. */
  get isAttached(): boolean {
    return this.#elements.size > 0;
  }

  /** Whether a picture is wanted, and in which height: undefined for as large as it comes. */
  get wish(): {
    readonly audio: boolean | undefined;
    readonly video: boolean;
    readonly height: number | undefined;
  } {
    const video = this.subscription?.video ?? this.isAttached;
    const height = this.isAttached
      ? Math.max(...[...this.#elements.values()].map((each) => each.height))
      : this.#height;
    return { audio: this.subscription?.audio, video, height };
  }

  /** Says what is to be sent from now on; with neither, nothing is. */
  subscribe(subscription: StreamSubscription): void {
    this.subscription = subscription;
    this.#onWish();
  }

  /** In which height the picture is seen, in pixels, where it is in no element that is attached. */
  setHeight(height: number): void {
    if (this.#height === height) return;
    this.#height = height;
    this.#onWish();
  }

  /**
   * Shows it in an element, and has it sent in the size in which that is seen: not at all while nobody sees it. The
   * element plays by itself.
   *
   * @returns how to take it out of the element
   */
  attach(element: HTMLMediaElement): () => void {
    this.#elements.get(element)?.stop();
    const attached = { height: 0, stop: () => {} };
    this.#elements.set(element, attached);
    attached.stop = this.#platform.watchHeight(element, (height) => {
      attached.height = height;
      this.#onWish();
    });
    element.srcObject = this.mediaStream;
    element.autoplay = true;
    this.#onWish();
    return () => {
      if (this.#elements.get(element) !== attached) return;
      attached.stop();
      this.#elements.delete(element);
      if (element.srcObject === this.mediaStream) element.srcObject = null;
      this.#onWish();
    };
  }

  /** @internal @returns whether that has changed anything */
  use(kind: 'audio' | 'video', track: MediaStreamTrack | undefined): boolean {
    const before = this.mediaStream.getTracks().filter((each) => each.kind === kind);
    if (before.length === (track === undefined ? 0 : 1) && before[0] === track) return false;
    for (const each of before) this.mediaStream.removeTrack(each);
    if (track !== undefined) this.mediaStream.addTrack(track);
    return true;
  }

  /** @internal */
  release(): void {
    for (const { stop } of this.#elements.values()) stop();
    this.#elements.clear();
  }
}
