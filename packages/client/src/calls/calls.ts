import { type CallNoticeFrame, type CallRequest, type OperationResponse, StoaError } from '@stoa/protocol';
import type { ClientHost } from '../client-host.ts';
import type { Clock } from '../clock.ts';
import { randomId } from '../device.ts';
import type { Environment } from '../environment.ts';
import { checkTarget } from '../outbox/index.ts';
import { Timer } from '../timer.ts';
import { Call } from './call.ts';
import type { CallPlatform } from './call-platform.ts';
import { type CallState, newCall } from './call-state.ts';
import type { CallDevice } from './call-types.ts';
import { IceServers } from './ice-servers.ts';
import { type KeptCall, parseKeptCall } from './kept-call.ts';

/** How calls behave. */
export interface CallSettings {
  /** Default: the browser's WebRTC, where there is one. Without, nobody can be called, and no call is shown. */
  readonly platform?: CallPlatform | undefined;
  /** A second call is shown while there is one, instead of being told that the user is busy. Default: false. */
  readonly waiting?: boolean;
  /** Only through TURN servers, or the media server, so that the other side does not learn the own address. Default: false. */
  readonly relayOnly?: boolean;
}

export interface CallsOptions {
  readonly settings: CallSettings;
  readonly callPlatform: CallPlatform | undefined;
  readonly clock: Clock;
  readonly environment: Environment;
  /** Where what is said goes, and where what is heard comes from: this page, or another one that shares the client. */
  readonly host: Pick<ClientHost, 'events' | 'self' | 'remark' | 'ask'>;
  /** Other pages hear the same, and may have calls of their own. */
  readonly isShared: boolean;
}

/** The calls of a client: `client.calls`. New ones are told of by the client's `call` event. */
export class Calls {
  /** Whether a second call is shown while there is one. */
  waiting: boolean;
  readonly #options: CallsOptions;
  readonly #servers: IceServers;
  readonly #calls = new Map<string, Call>();
  /** Own calls that were merged into one of the other side, which will end them. */
  readonly #merged = new Map<string, Call>();
  /** Own calls that the other side has merged into one of its own, which has not come here yet. */
  readonly #overtaken = new Map<Call, Timer>();
  #kept: KeptCall | undefined;
  #stopWatching: (() => void)[] = [];

  constructor(options: CallsOptions) {
    const { settings, clock, host } = options;
    this.#options = options;
    this.waiting = settings.waiting ?? false;
    const ask = () => host.ask('request', 'calls.servers', {}, { timeoutMs: 5_000 });
    this.#servers = new IceServers(ask as () => Promise<OperationResponse<'calls.servers'>>, clock);
    host.events.on('callSignal', (frame) => this.#received(frame));
    host.events.on('status', ({ state }) => {
      if (state === 'online') this.#connected();
    });
  }

  /** Whether there can be calls at all: whether this is a browser with WebRTC. */
  get available(): boolean {
    return this.#options.callPlatform !== undefined;
  }

  /** Calls that have not ended, the one that began last at the end. */
  get all(): readonly Call[] {
    return [...this.#calls.values()].filter(({ status }) => status.phase !== 'ended');
  }

  /**
   * Calls a user: opens the microphone (and the camera), then all his devices ring. What becomes of it is told by
   * events of the call; a microphone that cannot be used ends it with `mediaError`.
   *
   * @throws StoaError BAD_FRAME when that is no address, UNAVAILABLE where there is no WebRTC.
   * @example
   * const call = client.calls.call('bob', { video: true });
   * call.on('status', ({ phase }) => console.log(phase));
   */
  call(peer: string, { video = false }: { video?: boolean } = {}): Call {
    checkTarget({ peer });
    const state = newCall('starting', this.#options.clock.now());
    const call = this.#make({ id: randomId(), peer, name: peer, outgoing: true, video, state });
    call.begin().catch((error: unknown) => this.#failed(call, error));
    return call;
  }

  /** Microphones, cameras and speakers. */
  async devices(): Promise<CallDevice[]> {
    const found = (await this.#options.callPlatform?.devices()) ?? [];
    return found.flatMap(({ deviceId: id, kind, label }) =>
      id === '' ? [] : [{ id, kind: deviceKinds[kind], label }],
    );
  }

  /**
   * Which kinds of devices there are. Other than devices(), it knows that before the user has allowed the use of one.
   */
  async kinds(): Promise<ReadonlySet<CallDevice['kind']>> {
    const found = (await this.#options.callPlatform?.devices()) ?? [];
    return new Set(found.map(({ kind }) => deviceKinds[kind]));
  }

  /** Calls back when devices are plugged in or out, until the returned function is called. */
  onDevices(listener: () => void): () => void {
    return this.#options.callPlatform?.onDevices(listener) ?? (() => {});
  }

  /** @internal */
  start(): void {
    const { callPlatform: platform, environment } = this.#options;
    if (platform === undefined || this.#stopWatching.length > 0) return;
    this.#stopWatching = [
      platform.onLeave(() => {
        for (const call of this.all) {
          call.leaving();
          this.#keep(call, true);
        }
      }),
      environment.subscribe((change) => {
        if (change === 'online') for (const call of this.all) call.networkChanged();
      }),
    ];
    this.#kept = parseKeptCall(platform.memory.load());
  }

  /** @internal Ends all calls of this page. */
  stop(): void {
    for (const call of this.all) call.hangup();
    for (const stop of this.#stopWatching.splice(0)) stop();
  }

  /** There is a new connection. */
  #connected(): void {
    this.#takeUpKept();
    for (const call of [...this.#calls.values(), ...this.#merged.values()]) call.online();
  }

  #received({ call: id, event }: CallNoticeFrame): void {
    const call = this.#calls.get(id);
    if (event.type === 'ended' && this.#merged.delete(id)) return;
    if (call !== undefined) {
      if (event.type === 'ended' && event.reason === 'merged' && call.isOpening) {
        this.#awaitOther(call, event);
      } else call.notice(event);
      return;
    }
    if (this.#options.callPlatform === undefined) return;
    if (event.type === 'incoming') this.#incoming(id, event);
    // The server believes this device to be in a call of which it knows nothing any more. Of one that another page has,
    // this one need not know.
    else if (this.#options.isShared) return;
    else if (event.type === 'peerResumed' || event.type === 'answered') this.#say(id, { type: 'hangup' });
  }

  #incoming(id: string, event: Extract<CallNoticeFrame['event'], { type: 'incoming' }>): void {
    const { from: peer, name, video } = event;
    const others = this.all;
    const own = others.find((call) => call.peer === peer && (call.isOpening || call.isFresh));
    if (own !== undefined) {
      this.#bothCall(own, id, event);
      return;
    }
    for (const call of others) {
      // He calls again: with the call before, something is wrong.
      const { phase } = call.status;
      if (call.peer === peer && (phase === 'incoming' || phase === 'reconnecting')) call.hangup();
    }
    const isSecond = this.all.length > 0;
    if (isSecond && !this.waiting) {
      this.#say(id, { type: 'busy' });
      return;
    }
    const state = newCall('incoming', this.#options.clock.now(), { isSecond });
    const call = this.#make({ id, peer, name: name || peer, outgoing: false, video, state });
    // Asked for now, they are there when it is answered.
    void this.#servers.current();
    call.notice(event);
  }

  /** The end of an own call may overtake the call of the other side that takes its place. */
  #awaitOther(own: Call, ended: CallNoticeFrame['event']): void {
    if (this.#overtaken.has(own)) return;
    const { clock } = this.#options;
    const timer = new Timer(clock, () => {
      this.#overtaken.delete(own);
      own.notice(ended);
    });
    timer.setTo(clock.now() + overtakingMs);
    this.#overtaken.set(own, timer);
  }

  /** Whether the other side has merged the own call into one of its own. */
  #isMerged(own: Call): boolean {
    this.#overtaken.get(own)?.clear();
    return this.#overtaken.delete(own);
  }

  /** Each calls the other. Both sides keep the call with the lower id. */
  #bothCall(own: Call, id: string, event: Extract<CallNoticeFrame['event'], { type: 'incoming' }>): void {
    const before = own.id;
    const isInvited = own.status.phase !== 'starting';
    const isMerged = this.#isMerged(own);
    // The answer to the own call may overtake the other one's: then that is the one that he has chosen.
    if (!isMerged && (!own.isOpening || (isInvited && before < id))) {
      this.#say(id, { type: 'merge', into: before });
      return;
    }
    this.#calls.delete(before);
    this.#calls.set(id, own);
    if (isInvited && !isMerged) this.#merged.set(before, own);
    this.#say(id, { type: 'ringing' });
    own.mergeInto(id, event).catch((error: unknown) => this.#failed(own, error));
  }

  /** A call that was going on when the page was loaded anew. */
  #takeUpKept(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    const dev = this.#options.host.self?.dev;
    if (kept === undefined || !kept.left || kept.dev !== dev || this.#calls.has(kept.id)) return;
    const { id, peer, name, outgoing, video, ticket, callee: isCallee } = kept;
    const state = newCall('interrupted', this.#options.clock.now(), { ticket, hasConnected: true });
    this.#make({ id, peer, name, outgoing, video, state, isCallee, before: kept });
  }

  #make(facts: {
    id: string;
    peer: string;
    name: string;
    outgoing: boolean;
    video: boolean;
    state: CallState;
    isCallee?: boolean;
    before?: KeptCall;
  }): Call {
    const { callPlatform: platform, clock, host, settings } = this.#options;
    if (platform === undefined) {
      throw new StoaError('UNAVAILABLE', 'There is no WebRTC here.', {
        hint: 'Call from a browser, or hand in a platform for calls.',
      });
    }
    const call = new Call({
      ...facts,
      platform,
      clock,
      configuration: async () => ({
        iceServers: await this.#servers.current(),
        iceTransportPolicy: settings.relayOnly === true ? 'relay' : 'all',
      }),
      maxHeight: () => this.#servers.height,
      say: (id, event) => this.#say(id, event),
      onChange: (changed) => this.#changed(changed),
      onListenerError: (event, error) => host.events.listenerFailed(`call ${event}`, error),
    });
    this.#calls.set(facts.id, call);
    host.events.emit('call', call);
    return call;
  }

  #say(call: string, event: CallRequest): void {
    this.#options.host.remark('sayInCall', call, event);
  }

  #changed(call: Call): void {
    const { callPlatform: platform } = this.#options;
    if (call.kept !== undefined) {
      this.#keep(call, false);
    } else if (call.status.phase === 'ended') {
      this.#isMerged(call);
      if (!this.all.some((other) => other.kept !== undefined)) platform?.memory.save(null);
      for (const [merged, into] of this.#merged) {
        if (into !== call) continue;
        this.#merged.delete(merged);
        this.#say(merged, { type: 'hangup' });
      }
      if (call.isOver) this.#calls.delete(call.id);
    }
  }

  #keep(call: Call, left: boolean): void {
    const { callPlatform: platform, host } = this.#options;
    const { id, peer, name, outgoing, video, kept } = call;
    const dev = host.self?.dev;
    if (kept === undefined || dev === undefined) return;
    const memory: KeptCall = { id, dev, peer, name, outgoing, video, ...kept, left };
    platform?.memory.save(JSON.stringify(memory));
  }

  #failed(call: Call, error: unknown): void {
    this.#options.host.events.emit(
      'problem',
      new StoaError('INTERNAL', 'The media of a call could not be prepared.', { cause: error }),
    );
    call.fail('incompatible');
  }
}

/** How much later than the end of an own call the one of the other side may come into which it was merged. */
const overtakingMs = 5_000;

const deviceKinds = { audioinput: 'microphone', videoinput: 'camera', audiooutput: 'speaker' } as const;
