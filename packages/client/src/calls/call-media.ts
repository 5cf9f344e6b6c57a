import type { CallFailure, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';
import { afterOutage, type GuardState, newGuard, nextGuard } from './bandwidth-guard.ts';
import type { CallPlatform } from './call-platform.ts';
import type { CallQuality, CallMedia as MediaState } from './call-types.ts';
import { LocalMedia } from './local-media.ts';
import type { MediaPath, PeerSignal, RelayNotice, RelayOffer } from './media-path.ts';
import { PeerPath } from './peer-path.ts';
import { type MediaSample, qualityOf, sampleOf } from './quality.ts';
import { RelayPath } from './relay-path.ts';

export interface CallMediaOptions {
  readonly platform: CallPlatform;
  readonly clock: Clock;
  readonly configuration: () => Promise<RTCConfiguration>;
  readonly maxHeight: () => number | undefined;
  /** To be said to the other side, or to the media server. */
  readonly onSignal: (signal: PeerSignal | RelayOffer) => void;
  readonly onState: (state: 'up' | 'down') => void;
  /** The two do not reach each other so far; with a failure they will not. */
  readonly onUnreachable: (failure?: CallFailure) => void;
  /** What this side sends has changed. */
  readonly onMedia: () => void;
  readonly onStreams: () => void;
  readonly onQuality: (quality: CallQuality) => void;
  readonly onProblem: (error: StoaError) => void;
}

/**
 * The media of one call: own devices, the connection (a new one after either page was loaded anew, and those to the media
 * server in its place when the two do not reach each other), what comes.
 */
export class CallMedia {
  readonly local: LocalMedia;
  /** What comes from the other side. */
  readonly remote: MediaStream;
  readonly #options: CallMediaOptions;
  readonly #sampling: Timer;
  #peer: PeerPath | undefined;
  /** Takes the place of the connection between the two, and keeps it. */
  #relay: RelayPath | undefined;
  #epoch = 0;
  #configuration: RTCConfiguration = {};
  #polite = false;
  /** Signals of a connection that the other side has begun, and this one not yet. */
  #early: PeerSignal[] = [];
  #peerMedia: MediaState | undefined;
  #sample: MediaSample | undefined;
  #guard = newGuard;
  #isUp = false;
  /** Counts calls of startOver. */
  #run = 0;
  #closed = false;

  constructor(options: CallMediaOptions) {
    this.#options = options;
    this.remote = options.platform.newStream();
    this.local = new LocalMedia({
      platform: options.platform,
      onChange: () => {
        this.#sendLocal();
        options.onMedia();
        options.onStreams();
      },
      onProblem: options.onProblem,
    });
    this.#sampling = new Timer(options.clock, () => void this.#measure());
  }

  get epoch(): number {
    return this.#epoch;
  }

  get #path(): MediaPath | undefined {
    return this.#relay ?? this.#peer;
  }

  /**
   * Begins as the one who calls, or who comes back: resolves to the offer; to undefined when it was closed or started
   * over meanwhile.
   *
   * @param polite gives way when both sides offer at once
   */
  offer(epoch: number, polite: boolean): Promise<string | undefined> {
    this.#polite = polite;
    return this.#unlessOver((path) => path.offer(), epoch);
  }

  /**
   * Begins as the one who is called: resolves to the answer; to undefined when there is no offer yet, or it was closed
   * meanwhile.
   */
  async answer(offer: string | undefined, polite: boolean): Promise<string | undefined> {
    this.#polite = polite;
    const answer = await this.#unlessOver(
      (path) => (offer === undefined ? Promise.resolve(undefined) : path.answer(offer)),
      1,
    );
    this.#takeEarly();
    return answer;
  }

  /** What fails because it was closed or started over is no failure. */
  async #unlessOver(
    describe: (path: PeerPath) => Promise<string | undefined>,
    epoch: number,
  ): Promise<string | undefined> {
    const run = this.#run;
    const isOver = (): boolean => this.#closed || run !== this.#run;
    this.#configuration = await this.#configure();
    if (isOver()) return undefined;
    try {
      const description = await describe(this.#begin(epoch));
      return isOver() ? undefined : description;
    } catch (error) {
      if (isOver()) return undefined;
      throw error;
    }
  }

  /** The servers, with which is told how large the own pictures may be. */
  async #configure(): Promise<RTCConfiguration> {
    const configuration = await this.#options.configuration();
    if (!this.#closed) this.local.limitHeight(this.#options.maxHeight());
    return configuration;
  }

  /** Another call takes the place of this one, with the same devices. */
  startOver(): void {
    this.#run += 1;
    this.#peer?.close();
    this.#peer = undefined;
    this.#early = [];
  }

  /** The media goes through this room of the media server from now on. */
  relay(session: string): void {
    if (this.#closed) return;
    if (this.#relay?.session === session) {
      this.#relay.repeat();
      return;
    }
    const { platform, clock, onSignal, onState, onProblem } = this.#options;
    this.startOver();
    this.#relay?.close();
    this.#sample = undefined;
    const relay: RelayPath = new RelayPath({
      newPeer: (servers) => platform.newPeer(servers),
      stream: this.local.stream,
      session,
      clock,
      configuration: () => this.#configure(),
      onOffer: onSignal,
      onState: (state) => this.#changed(relay, state),
      onTrack: (track) => this.#received(track),
      onProblem,
    });
    this.#relay = relay;
    this.#sendLocal();
    onState('down');
  }

  /** The media server says something. */
  relayed(notice: RelayNotice): void {
    this.#relay?.take(notice);
  }

  signal(signal: PeerSignal): void {
    if (this.#closed || this.#relay !== undefined) return;
    if (this.#peer === undefined || signal.epoch > this.epoch) {
      this.#early.push(signal);
      if (this.#early.length > earlyKept) this.#early.shift();
      // The other side has lost its connection and begins another.
      const isOffer = signal.type === 'description' && signal.kind === 'offer';
      if (this.#peer === undefined || !isOffer) return;
      this.#begin(signal.epoch);
      this.#takeEarly();
    } else if (signal.epoch === this.epoch) this.#peer.signal(signal);
  }

  /** Says again what the other side may have missed. */
  repeat(): void {
    this.#path?.repeat();
  }

  restart(): void {
    this.#path?.restart();
  }

  /** The other side sends something else now. */
  setPeer(media: MediaState): void {
    this.#peerMedia = media;
    this.local.setPeerHolds(media.hold);
    this.#playOrNot();
  }

  close(): void {
    this.#closed = true;
    this.#sampling.clear();
    this.#path?.close();
    this.local.close();
    for (const track of this.remote.getTracks()) this.remote.removeTrack(track);
  }

  #begin(epoch: number): PeerPath {
    const { platform, clock, onSignal, onUnreachable, onProblem } = this.#options;
    this.#peer?.close();
    this.#sample = undefined;
    const path: PeerPath = new PeerPath({
      peer: platform.newPeer(this.#configuration),
      stream: this.local.stream,
      epoch,
      polite: this.#polite,
      clock,
      configuration: () => this.#configure(),
      onSignal,
      onState: (state) => this.#changed(path, state),
      onUnreachable: (failure) => {
        if (this.#path === path) onUnreachable(failure);
      },
      onTrack: (track) => this.#received(track),
      onProblem,
    });
    this.#peer = path;
    this.#epoch = epoch;
    this.#sendLocal();
    return path;
  }

  #changed(path: MediaPath, state: 'up' | 'down'): void {
    if (this.#path !== path) return;
    const { clock, onState } = this.#options;
    if (state === 'up') {
      this.#sampling.setTo(clock.now() + sampleMs);
      if (!this.#isUp) this.#setGuard(afterOutage(this.#guard, clock.now()));
    }
    // What is counted before and after has nothing to do with each other.
    this.#sample = undefined;
    this.#isUp = state === 'up';
    onState(state);
  }

  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const signal of early) this.signal(signal);
  }

  #sendLocal(): void {
    for (const kind of ['audio', 'video'] as const) this.#path?.send(kind, this.local.track(kind));
    this.#playOrNot();
  }

  #received(track: MediaStreamTrack): void {
    for (const before of this.remote.getTracks()) {
      if (before.kind === track.kind && before !== track) this.remote.removeTrack(before);
    }
    this.remote.addTrack(track);
    this.#playOrNot();
    this.#options.onStreams();
  }

  /** While one of the two holds the call, nothing is played. */
  #playOrNot(): void {
    const held = this.local.media.hold || this.#peerMedia?.hold === true;
    for (const track of this.remote.getTracks()) track.enabled = !held;
  }

  async #measure(): Promise<void> {
    const { clock, onQuality } = this.#options;
    const path = this.#path;
    if (this.#closed || path === undefined) return;
    this.#sampling.setTo(clock.now() + sampleMs);
    const report = await path.stats().catch(() => undefined);
    if (this.#closed || report === undefined || path !== this.#path) return;
    const sample = sampleOf(report, clock.now());
    const before = this.#sample;
    this.#sample = sample;
    if (before === undefined) return;
    const measured = qualityOf(before, sample, this.#guard.paused);
    const quality = path === this.#relay ? { ...measured, relayed: true } : measured;
    onQuality(quality);
    if (!this.#isUp || (!this.local.wantsVideo && !this.#guard.paused)) return;
    this.#setGuard(nextGuard(this.#guard, quality, clock.now()));
  }

  #setGuard(guard: GuardState): void {
    this.#guard = guard;
    this.local.setPaused(guard.paused);
  }
}

const sampleMs = 2_000;
const earlyKept = 200;
