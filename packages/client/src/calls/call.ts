import type { CallFailure, CallNotice, CallRequest, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { Timer } from '../timer.ts';
import { CallControls } from './call-controls.ts';
import { CallMedia } from './call-media.ts';
import type { CallPlatform } from './call-platform.ts';
import {
  type CallEffect,
  type CallInput,
  type CallState,
  isOpening,
  newCall,
  nextCall,
  nextDue,
} from './call-state.ts';
import type { CallEvents, CallQuality, CallStatus, CallMedia as MediaState } from './call-types.ts';
import type { KeptCall } from './kept-call.ts';
import type { LocalMedia } from './local-media.ts';

export interface CallOptions {
  readonly id: string;
  readonly peer: string;
  readonly name: string;
  readonly outgoing: boolean;
  readonly video: boolean;
  readonly state: CallState;
  /** What was lost by loading the page anew: the number of the connection, and what the user had chosen. */
  readonly before?: Pick<KeptCall, 'epoch' | 'muted' | 'camera' | 'since'>;
  /** Whether it is the other one's call, when it was begun before the page was loaded anew. */
  readonly isCallee?: boolean;
  readonly platform: CallPlatform;
  readonly clock: Clock;
  readonly configuration: () => Promise<RTCConfiguration>;
  /** Lines of the largest picture that may be sent; undefined for any. Known when the configuration is. */
  readonly maxHeight: () => number | undefined;
  /** Says something to the server; lost without a connection. */
  readonly say: (call: string, event: CallRequest) => void;
  /** Something changed of what is kept for loading the page anew, or the call has ended. */
  readonly onChange: (call: Call) => void;
  readonly onListenerError: (event: string, error: unknown) => void;
}

/**
 * A call with one other user, on this device. Get one by `client.calls.call(…)` or the client's `call` event.
 *
 * @example
 * client.on('call', (call) => {
 *   call.on('streams', () => { video.srcObject = call.remoteStream; });
 *   if (!call.outgoing) call.answer({ video: true });
 * });
 */
export class Call extends CallControls {
  readonly peer: string;
  /** Name of the other one, if he called; his address otherwise. */
  readonly name: string;
  readonly outgoing: boolean;
  /** Whether it began as a video call. */
  readonly video: boolean;
  readonly #options: CallOptions;
  readonly #emitter: Emitter<CallEvents>;
  readonly #media: CallMedia;
  readonly #timer: Timer;
  #id: string;
  #state: CallState;
  /** Whether it is the other one's call, whatever side began: with calls in both directions the lower id counts. */
  #isCallee: boolean;
  #offer: string | undefined;
  #peerMedia: MediaState;
  #quality: CallQuality | undefined;
  #connectedAt: number | undefined;
  #answeredAt: number | undefined;
  /** Microphone and camera of an own call are open. */
  #isReady = false;
  /** The user has taken it, and is asked for his microphone. */
  #opening = false;

  /** @internal Calls makes them. */
  constructor(options: CallOptions) {
    super();
    const { platform, clock, configuration, maxHeight } = options;
    this.#options = options;
    this.#id = options.id;
    this.peer = options.peer;
    this.name = options.name;
    this.outgoing = options.outgoing;
    this.video = options.video;
    this.#state = options.state;
    this.#isCallee = options.isCallee ?? !options.outgoing;
    this.#peerMedia = { audio: true, video: options.video, screen: false, hold: false };
    this.#emitter = new Emitter<CallEvents>(options.onListenerError);
    this.#timer = new Timer(clock, () => this.#step({ type: 'time' }));
    this.#media = new CallMedia({
      platform,
      clock,
      configuration,
      maxHeight,
      onSignal: (signal) => this.#say(signal),
      onState: (media) => {
        if (media === 'up') this.#connectedAt ??= clock.now();
        this.#step({ type: 'media', media });
      },
      onUnreachable: (failure) => this.#step({ type: 'unreachable', failure }),
      onMedia: () => this.#mediaChanged(),
      onStreams: () => this.#emitter.emit('streams'),
      onQuality: (quality) => {
        this.#quality = quality;
        this.#emitter.emit('quality', quality);
      },
      onProblem: (error) => this.#emitter.emit('problem', error),
    });
    const { before } = options;
    if (before !== undefined && before.since > 0) this.#connectedAt = before.since;
    if (before?.muted === true) this.local.setAudio(false);
    this.#watch();
  }

  protected override get local(): LocalMedia {
    return this.#media.local;
  }

  get id(): string {
    return this.#id;
  }

  get status(): CallStatus {
    const { phase, reason, seconds } = this.#state;
    return phase === 'ended' ? { phase, reason, seconds } : { phase };
  }

  /** When the media was first connected, in milliseconds since 1970 by this device's clock. */
  get connectedAt(): number | undefined {
    return this.#connectedAt;
  }

  /** What comes from the other side, always the same object. */
  get remoteStream(): MediaStream {
    return this.#media.remote;
  }

  get peerMedia(): MediaState {
    return this.#peerMedia;
  }

  get quality(): CallQuality | undefined {
    return this.#quality;
  }

  /** Calls `listener` at every event until the returned function is called. */
  on<K extends keyof CallEvents>(event: K, listener: (...args: CallEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Takes an incoming call. Without a camera it goes on with sound (`problem` event).
   *
   * @throws StoaError PERMISSION_DENIED, NOT_FOUND or UNAVAILABLE: there is no microphone. The call keeps ringing.
   */
  async answer({ video = this.video }: { video?: boolean } = {}): Promise<void> {
    if (this.#state.phase !== 'incoming' || this.#opening) return;
    await this.#openMedia(video);
    await this.#answerOffer();
  }

  /** Refuses an incoming call, ends any other; may be called at any time. */
  hangup(): void {
    this.#step({ type: 'hangup' });
  }

  /**
   * Goes on with a call that loading the page anew has interrupted, muted and with camera as it was.
   *
   * @throws StoaError as answer() does. The call is not ended by that.
   */
  async resume({ video = this.#cameraBefore }: { video?: boolean } = {}): Promise<void> {
    if (this.#state.phase !== 'interrupted' || this.#opening) return;
    await this.#openMedia(video);
    this.#step({ type: 'resume' });
    const { session } = this.#state;
    if (session === undefined) await this.#offerAgain();
    else this.#media.relay(session);
  }

  /** Presses keys: 0-9, A-D, * and #. */
  dtmf(digits: string): void {
    this.#say({ type: 'dtmf', digits });
  }

  /** @internal What is kept for loading the page anew. */
  get kept(): Pick<KeptCall, 'ticket' | 'epoch' | 'callee' | 'muted' | 'camera' | 'since'> | undefined {
    const { ticket, phase } = this.#state;
    const isKept =
      phase === 'connecting' || phase === 'connected' || phase === 'reconnecting' || phase === 'interrupted';
    if (ticket === undefined || !isKept) return undefined;
    return {
      ticket,
      epoch: this.#media.epoch || this.#epochBefore,
      callee: this.#isCallee,
      muted: this.local.isMuted,
      camera: phase === 'interrupted' ? this.#cameraBefore : this.local.hasCamera,
      since: this.#connectedAt ?? 0,
    };
  }

  /** @internal It has ended, and the server knows. */
  get isOver(): boolean {
    return this.#state.phase === 'ended' && this.#state.unconfirmed === undefined;
  }

  /** @internal An own call that nobody has answered, with which one of the other side may collide. */
  get isOpening(): boolean {
    return isOpening(this.#state.phase);
  }

  /** @internal An own call that was answered a moment ago: one of the other side may still be on its way. */
  get isFresh(): boolean {
    const answeredAt = this.#answeredAt;
    if (!this.outgoing || answeredAt === undefined || this.#state.phase === 'ended') return false;
    return this.#options.clock.now() - answeredAt < crossingMs;
  }

  /** @internal Opens microphone and camera, and calls. */
  async begin(): Promise<void> {
    try {
      await this.#openMedia(this.video);
    } catch (error) {
      this.#emitter.emit('problem', error as StoaError);
      this.fail('mediaError');
      return;
    }
    this.#isReady = true;
    if (this.#isCallee) return this.#answerOffer();
    const sdp = await this.#media.offer(1, false);
    // Undefined: it has ended meanwhile, or goes on as the answer to the other one's call.
    if (sdp === undefined) return;
    const { peer, video } = this;
    this.#step({ type: 'invite', opening: { type: 'invite', peer, video, sdp } });
  }

  /** @internal The server says something about the call. */
  notice(notice: CallNotice): void {
    switch (notice.type) {
      case 'incoming':
        this.#offer ??= notice.sdp;
        break;
      case 'answered':
        if (notice.sdp !== undefined) {
          this.#media.signal({ type: 'description', epoch: 1, kind: 'answer', sdp: notice.sdp });
        }
        break;
      case 'description':
      case 'candidates':
        if (this.#state.phase !== 'ended') this.#media.signal(notice);
        return;
      case 'relayAnswer':
      case 'relayLayers':
        this.#media.relayed(notice);
        return;
      case 'media': {
        const { type: _, ...media } = notice;
        this.#peerMedia = media;
        this.#media.setPeer(media);
        this.#emitter.emit('peerMedia', media);
        return;
      }
      case 'dtmf':
        this.#emitter.emit('dtmf', notice.digits);
        return;
    }
    this.#step({ type: 'notice', notice });
  }

  /** @internal There is a new connection to the server. */
  online(): void {
    this.#step({ type: 'online' });
  }

  /** @internal The machine has another network. */
  networkChanged(): void {
    this.#media.restart();
  }

  /** @internal The page is being closed, or loaded anew. */
  leaving(): void {
    if (this.#state.phase !== 'ended' && this.#state.phase !== 'incoming') this.#say({ type: 'leaving' });
  }

  /** @internal Something on this side makes it impossible. */
  fail(reason: CallFailure): void {
    this.#step({ type: 'hangup', reason });
  }

  /** @internal Both called at once, and the other one's call is kept: this one goes on as the answer to it. */
  async mergeInto(id: string, notice: Extract<CallNotice, { type: 'incoming' }>): Promise<void> {
    this.#media.startOver();
    this.#id = id;
    this.#isCallee = true;
    this.#offer = notice.sdp;
    this.#state = { ...newCall('incoming', this.#options.clock.now()) };
    // Microphone and camera are being opened, and begin() goes on here.
    if (this.#isReady) await this.#answerOffer();
  }

  get #epochBefore(): number {
    return this.#options.before?.epoch ?? 0;
  }

  get #cameraBefore(): boolean {
    return this.#options.before?.camera ?? this.video;
  }

  async #openMedia(video: boolean): Promise<void> {
    this.#opening = true;
    try {
      await this.#media.local.open({ video });
    } finally {
      this.#opening = false;
    }
  }

  async #answerOffer(): Promise<void> {
    const sdp = await this.#media.answer(this.#offer, true);
    const video = this.media.video;
    const opening: CallRequest = { type: 'answer', video, ...(sdp === undefined ? {} : { sdp }) };
    this.#step({ type: 'answer', opening });
  }

  async #offerAgain(): Promise<void> {
    const epoch = this.#epochBefore + 1;
    const sdp = await this.#media.offer(epoch, this.#isCallee);
    if (sdp === undefined) return;
    this.#say({ type: 'description', epoch, kind: 'offer', sdp });
  }

  #step(input: CallInput): void {
    const { clock, onChange } = this.#options;
    const before = this.#state;
    const { state, effects } = nextCall(before, input, clock.now());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#watch();
    // The server knows the answer. The other side begins with what it believes; now it can be told.
    if (state.ticket !== before.ticket && this.kept !== undefined) {
      this.#answeredAt ??= clock.now();
      this.#sayMedia();
    }
    if (state.phase !== before.phase) this.#emitter.emit('status', this.status);
    onChange(this);
  }

  #carryOut(effect: CallEffect): void {
    switch (effect.type) {
      case 'send':
        this.#say(effect.event);
        break;
      case 'repeat':
        this.#media.repeat();
        this.#sayMedia();
        break;
      case 'relay':
        this.#media.relay(effect.session);
        break;
      case 'release':
        this.#media.close();
        this.#emitter.emit('streams');
        break;
    }
  }

  #mediaChanged(): void {
    this.#emitter.emit('media', this.media);
    if (this.kept === undefined) return;
    this.#sayMedia();
    this.#options.onChange(this);
  }

  #sayMedia(): void {
    this.#say({ type: 'media', ...this.media });
  }

  #say(event: CallRequest): void {
    this.#options.say(this.#id, event);
  }

  #watch(): void {
    const due = nextDue(this.#state);
    if (due === Number.POSITIVE_INFINITY) this.#timer.clear();
    else this.#timer.setTo(due);
  }
}

/** How much later than the answer to an own call one of the other side may come that was begun before. */
const crossingMs = 10_000;
