import type { Subscription } from '@stoa/bus';
import type { EncodingWish, MediaEngine, OfferedStream } from '@stoa/media';
import { type CallNotice, StoaError } from '@stoa/protocol';
import type { RelayOffer, Side } from './call-state.ts';

/** What a side may send through the media plane, besides its sound. */
export interface PictureRules {
  readonly video: boolean;
  /** Pixels of the shorter side of its picture at the most. */
  readonly height?: number | undefined;
}

export interface CallRoomOptions {
  /** In the media plane. */
  readonly name: string;
  readonly rules: (side: Side) => Promise<PictureRules>;
  /** Calls back when somebody may not be in calls any more. */
  readonly follow: (side: Side, onSignedOut: () => void) => Promise<Subscription>;
  readonly onSignedOut: () => void;
  readonly tell: (side: Side, notice: CallNotice) => void;
  /** A side has offered what cannot be taken. */
  readonly onRefused: () => void;
  readonly onError: (error: unknown) => void;
}

/** What a side has offered last, and was answered. */
interface Line {
  readonly offer: RelayOffer;
  readonly answer: Promise<CallNotice | undefined>;
  layers: CallNotice | undefined;
}

/** The media room of one call: each of the two devices sends a sound and a picture, and is sent those of the other. */
export class CallRoom {
  readonly name: string;
  readonly #options: CallRoomOptions;
  readonly #lines: Partial<Record<Side, Line>> = {};
  readonly #following: Subscription[] = [];
  #engine: MediaEngine | undefined;
  /** The last that was said of what the sides may send. */
  #permitted: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: CallRoomOptions) {
    this.#options = options;
    this.name = options.name;
  }

  async open(engine: MediaEngine): Promise<void> {
    await engine.createRoom(this.name, { bitrates: { publish: publishBitrate } });
    this.#engine = engine;
    try {
      await Promise.all([this.#admit(engine, 'caller', 'callee'), this.#admit(engine, 'callee', 'caller')]);
    } catch (error) {
      this.#unfollow();
      if (!this.#isClosed) throw error;
    }
    if (this.#isClosed) this.close();
  }

  async #admit(engine: MediaEngine, side: Side, other: Side): Promise<void> {
    const { follow, onSignedOut } = this.#options;
    this.#following.push(await follow(side, onSignedOut));
    if (this.#isClosed) this.#unfollow();
    await this.#permit(engine, side);
    await engine.watch(this.name, side, [{ stream: `${other}/audio` }, { stream: `${other}/video` }]);
  }

  /** What the sides may send may have changed. */
  review(): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    for (const side of ['caller', 'callee'] as const) {
      this.#permit(engine, side).catch((error: unknown) => {
        if (!this.#isClosed) this.#options.onError(error);
      });
    }
  }

  /** One after the other, so that what was found out last is what counts. */
  #permit(engine: MediaEngine, side: Side): Promise<void> {
    const permitted = this.#permitted.then(async () => {
      const { video, height } = await this.#options.rules(side);
      if (this.#isClosed) return;
      await engine.permit(this.name, side, video ? ['microphone', 'camera'] : ['microphone']);
      await engine.limit(this.name, side, height === undefined ? {} : { height });
    });
    this.#permitted = permitted.catch(() => {});
    return permitted;
  }

  /** Answers the newest offer of a side; said again, it is answered as before. */
  connect(side: Side, offer: RelayOffer): void {
    const before = this.#lines[side];
    const isAgain = before?.offer.number === offer.number && before.offer.send === offer.send;
    const line: Line = isAgain
      ? before
      : { offer, answer: this.#answer(side, offer, before), layers: undefined };
    this.#lines[side] = line;
    line.answer
      .then((answer) => {
        if (answer !== undefined && this.#isNewest(side, offer)) this.#options.tell(side, answer);
      })
      .catch((error: unknown) => this.#failed(error));
  }

  /** Says again what a side may not have heard. */
  repeat(side: Side): void {
    const layers = this.#lines[side]?.layers;
    if (layers !== undefined) this.#options.tell(side, layers);
  }

  /** Which layers of a side's picture are seen. */
  layers(side: string, encodings: readonly EncodingWish[]): void {
    if (side !== 'caller' && side !== 'callee') return;
    const line = this.#lines[side];
    if (line === undefined) return;
    const layers = encodings.map(({ rid, active }) => ({ rid, active }));
    line.layers = { type: 'relayLayers', number: line.offer.number, layers };
    this.repeat(side);
  }

  close(): void {
    this.#isClosed = true;
    this.#unfollow();
    this.#engine?.closeRoom(this.name).catch((error: unknown) => this.#failed(error));
  }

  #unfollow(): void {
    for (const each of this.#following.splice(0)) each.unsubscribe();
  }

  /** One after the other; what has become old meanwhile is left out. */
  async #answer(side: Side, offer: RelayOffer, before: Line | undefined): Promise<CallNotice | undefined> {
    await before?.answer.catch(() => {});
    const engine = this.#engine;
    if (engine === undefined || this.#isClosed || !this.#isNewest(side, offer)) return undefined;
    const { number, send: sdp, receive } = offer;
    const published = await engine.publish(this.name, side, { sdp, streams: streamsOf(sdp) });
    const played = await engine.play(this.name, side, receive);
    return { type: 'relayAnswer', number, send: published.sdp, receive: played };
  }

  #isNewest(side: Side, { number, send }: RelayOffer): boolean {
    const newest = this.#lines[side]?.offer;
    return newest === undefined || (newest.number === number && newest.send === send);
  }

  /** Of a room that is gone nothing is left to be done. */
  #failed(error: unknown): void {
    if (!(error instanceof StoaError)) this.#options.onError(error);
    else if (error.code !== 'NOT_FOUND' && !error.retryable) this.#options.onRefused();
  }
}

/** The sound and the picture that an offer sends. */
function streamsOf(sdp: string): OfferedStream[] {
  return sdp
    .split(/^m=/m)
    .slice(1)
    .flatMap((section) => {
      const kind = /^(audio|video) /.exec(section)?.[1];
      const mid = /^a=mid:([\w-]{1,16})\r?$/m.exec(section)?.[1];
      if (kind === undefined || mid === undefined) return [];
      return [{ mid, name: kind, kind: kind === 'audio' ? 'microphone' : 'camera' }] as const;
    });
}

/** Bits per second that a side sends at the most, all its layers together. */
const publishBitrate = 4_000_000;
