import { type IceCandidate, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';
import { IceProblems } from './ice-problems.ts';
import type { MediaPath, PeerPathEvents, PeerSignal } from './media-path.ts';
import type { StatisticsEntry } from './quality.ts';

export interface PeerPathOptions extends PeerPathEvents {
  readonly peer: RTCPeerConnection;
  readonly stream: MediaStream;
  /** Number of the connection within the call; what belongs to an older one is dropped. */
  readonly epoch: number;
  /** Gives way when both sides offer at once. */
  readonly polite: boolean;
  readonly clock: Clock;
  /** Servers with fresh credentials. */
  readonly configuration: () => Promise<RTCConfiguration>;
}

type Kind = 'audio' | 'video';

/** A peer connection by the pattern of perfect negotiation (W3C WebRTC 1.0, 10.7), which mends itself. */
export class PeerPath implements MediaPath {
  readonly epoch: number;
  readonly #options: PeerPathOptions;
  readonly #peer: RTCPeerConnection;
  readonly #tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  readonly #problems = new IceProblems();
  readonly #restarting: Timer;
  /** Both sides have said all that it takes to connect. */
  readonly #connecting: Timer;
  /** One step of the negotiation after the other. */
  #tasks: Promise<void> = Promise.resolve();
  /** The first description goes out with the invitation or the answer, and not by itself. */
  #isOpen = false;
  #makesOffer = false;
  #ignoresOffer = false;
  #hasConnected = false;
  #hasFailed = false;
  #closed = false;
  /** Candidates of the present way, for who may have missed them. */
  #candidates: IceCandidate[] = [];

  constructor(options: PeerPathOptions) {
    const { peer, epoch, clock } = options;
    this.#options = options;
    this.#peer = peer;
    this.epoch = epoch;
    this.#restarting = new Timer(clock, () => this.restart());
    this.#connecting = new Timer(clock, () => {
      this.#expectConnection();
      options.onUnreachable();
    });
    peer.addEventListener('negotiationneeded', () => {
      if (this.#isOpen) this.#run(() => this.#negotiate());
    });
    peer.addEventListener('icecandidate', ({ candidate }) => this.#candidate(candidate));
    peer.addEventListener('icecandidateerror', (event) => this.#problems.add(event));
    peer.addEventListener('icegatheringstatechange', () => this.#gathered());
    peer.addEventListener('connectionstatechange', () => this.#stateChanged());
    peer.addEventListener('track', ({ track }) => {
      if (!this.#closed) options.onTrack(track);
    });
  }

  /** Makes the first offer. */
  async offer(): Promise<string> {
    for (const kind of ['audio', 'video'] as const) {
      const track = this.#tracks[kind];
      // Sound always has its place; video gets one when it is wanted.
      if (track !== null) this.#peer.addTrack(track, this.#options.stream);
      else if (kind === 'audio') this.#peer.addTransceiver(kind, { streams: [this.#options.stream] });
    }
    await this.#peer.setLocalDescription();
    this.#isOpen = true;
    return this.#localSdp();
  }

  /** Takes the offer that came with an invitation, and answers it. */
  async answer(offer: string): Promise<string> {
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: offer });
    this.#sendOnOffered();
    await this.#peer.setLocalDescription();
    this.#isOpen = true;
    this.#expectConnection();
    return this.#localSdp();
  }

  /** The other side said something. */
  signal(signal: PeerSignal): void {
    this.#run(() =>
      signal.type === 'description' ? this.#description(signal) : this.#remoteCandidates(signal),
    );
  }

  repeat(): void {
    this.#run(async () => {
      if (this.#peer.signalingState === 'have-local-offer') this.#sendDescription();
      for (const candidate of this.#candidates) this.#sendCandidate(candidate);
    });
  }

  restart(): void {
    if (this.#closed) return;
    this.#run(async () => {
      const configuration = await this.#options.configuration().catch(() => undefined);
      if (this.#closed) return;
      if (configuration !== undefined) this.#peer.setConfiguration(configuration);
      this.#peer.restartIce();
    });
    if (this.#peer.connectionState !== 'connected')
      this.#restarting.setTo(this.#options.clock.now() + retryMs);
  }

  send(kind: Kind, track: MediaStreamTrack | null): void {
    if (this.#tracks[kind] === track) return;
    this.#tracks[kind] = track;
    if (!this.#isOpen) return;
    const transceiver = this.#transceiver(kind);
    if (transceiver !== undefined) {
      transceiver.direction = 'sendrecv';
      transceiver.sender.replaceTrack(track).catch((error: unknown) => this.#failed(error));
    } else if (track !== null) this.#peer.addTrack(track, this.#options.stream);
  }

  stats(): Promise<ReadonlyMap<string, StatisticsEntry>> {
    return this.#peer.getStats();
  }

  close(): void {
    this.#closed = true;
    this.#restarting.clear();
    this.#connecting.clear();
    this.#peer.close();
  }

  #run(task: () => Promise<void>): void {
    this.#tasks = this.#tasks.then(async () => {
      if (this.#closed) return;
      try {
        await task();
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  async #negotiate(): Promise<void> {
    // What was asked for may have been done meanwhile by answering.
    if (this.#peer.signalingState !== 'stable') return;
    try {
      this.#makesOffer = true;
      await this.#peer.setLocalDescription();
      this.#sendDescription();
    } finally {
      this.#makesOffer = false;
    }
  }

  async #description({ kind, sdp }: Extract<PeerSignal, { type: 'description' }>): Promise<void> {
    const { signalingState } = this.#peer;
    const collides = kind === 'offer' && (this.#makesOffer || signalingState !== 'stable');
    this.#ignoresOffer = collides && !this.#options.polite;
    // An answer that comes twice has been taken already.
    if (this.#ignoresOffer || (kind === 'answer' && signalingState !== 'have-local-offer')) return;
    await this.#peer.setRemoteDescription({ type: kind, sdp });
    this.#isOpen = true;
    if (kind === 'offer') {
      this.#sendOnOffered();
      await this.#peer.setLocalDescription();
      this.#sendDescription();
    }
    this.#expectConnection();
  }

  async #remoteCandidates({ candidates }: Extract<PeerSignal, { type: 'candidates' }>): Promise<void> {
    for (const { candidate, mid, line, ufrag } of candidates) {
      try {
        await this.#peer.addIceCandidate({
          candidate,
          sdpMid: mid ?? null,
          sdpMLineIndex: line ?? null,
          usernameFragment: ufrag ?? null,
        });
      } catch {
        // Of a description that was ignored, or of one that is over: others will do.
      }
    }
  }

  /** Whatever the other side offers is answered by the own media of that kind, which may come later. */
  #sendOnOffered(): void {
    for (const transceiver of this.#peer.getTransceivers()) {
      const { sender, receiver, direction } = transceiver;
      if (direction === 'stopped' || direction === 'sendrecv') continue;
      const track = this.#tracks[receiver.track.kind as Kind];
      transceiver.direction = 'sendrecv';
      sender.setStreams?.(this.#options.stream);
      if (sender.track !== track) sender.replaceTrack(track).catch((error: unknown) => this.#failed(error));
    }
    for (const kind of ['audio', 'video'] as const) {
      const track = this.#tracks[kind];
      if (track !== null && this.#transceiver(kind) === undefined)
        this.#peer.addTrack(track, this.#options.stream);
    }
  }

  #transceiver(kind: Kind): RTCRtpTransceiver | undefined {
    return this.#peer
      .getTransceivers()
      .find(({ receiver, direction }) => direction !== 'stopped' && receiver.track.kind === kind);
  }

  #sendDescription(): void {
    const description = this.#peer.localDescription;
    if (description === null || description.type === 'rollback' || description.type === 'pranswer') return;
    const { type: kind, sdp } = description;
    this.#options.onSignal({ type: 'description', epoch: this.epoch, kind, sdp });
  }

  #localSdp(): string {
    return this.#peer.localDescription?.sdp ?? '';
  }

  #candidate(candidate: RTCIceCandidate | null): void {
    if (this.#closed) return;
    if (candidate === null) {
      this.#sendCandidate({ candidate: '' });
      return;
    }
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    const one: IceCandidate = {
      candidate: candidate.candidate,
      ...(sdpMid === null ? {} : { mid: sdpMid }),
      ...(sdpMLineIndex === null ? {} : { line: sdpMLineIndex }),
      ...(usernameFragment === null ? {} : { ufrag: usernameFragment }),
    };
    // A restart begins with another fragment: those before lead nowhere.
    this.#candidates = this.#candidates.filter(({ ufrag }) => ufrag === one.ufrag);
    if (this.#candidates.length < candidatesKept) this.#candidates.push(one);
    this.#sendCandidate(one);
  }

  #sendCandidate(candidate: IceCandidate): void {
    this.#options.onSignal({ type: 'candidates', epoch: this.epoch, candidates: [candidate] });
  }

  #gathered(): void {
    if (this.#closed || this.#hasConnected || this.#peer.iceGatheringState !== 'complete') return;
    // Nothing to offer to the other side: waiting would not help.
    if (this.#candidates.length === 0) this.#fail();
  }

  #stateChanged(): void {
    if (this.#closed) return;
    const { onState, clock } = this.#options;
    switch (this.#peer.connectionState) {
      case 'connected':
        this.#hasConnected = true;
        this.#hasFailed = false;
        this.#restarting.clear();
        this.#connecting.clear();
        onState('up');
        break;
      case 'disconnected':
        onState('down');
        this.#restarting.setTo(clock.now() + patienceMs);
        break;
      case 'failed':
        onState('down');
        // The answer may still be on its way, when the connection to the server was interrupted.
        if (this.#hasConnected || !this.#hasFailed) this.restart();
        else this.#fail();
        this.#hasFailed = true;
        break;
    }
  }

  /** However often another way is negotiated meanwhile. */
  #expectConnection(): void {
    if (this.#closed || this.#peer.connectionState === 'connected' || this.#connecting.isSet) return;
    this.#connecting.setTo(this.#options.clock.now() + connectMs);
  }

  #fail(): void {
    const { problem, reason } = this.#problems;
    if (problem !== undefined) this.#options.onProblem(problem);
    this.#options.onUnreachable(reason);
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    const hint = 'Report it with its cause.';
    this.#options.onProblem(
      new StoaError('INTERNAL', 'The other side’s media could not be negotiated.', { hint, cause: error }),
    );
  }
}

/** A short interruption mends itself. */
const patienceMs = 2_000;
/** For which a connection is waited that both sides have negotiated. */
const connectMs = 8_000;
/** Until another way is tried again. */
const retryMs = 8_000;
const candidatesKept = 64;
