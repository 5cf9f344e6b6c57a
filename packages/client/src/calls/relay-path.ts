import { StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';
import type { MediaPath, MediaPathEvents, RelayNotice, RelayOffer } from './media-path.ts';
import type { StatisticsEntry } from './quality.ts';

export interface RelayPathOptions extends MediaPathEvents {
  readonly newPeer: (configuration: RTCConfiguration) => RTCPeerConnection;
  readonly stream: MediaStream;
  /** Names the media room of the server. */
  readonly session: string;
  readonly clock: Clock;
  /** Servers with fresh credentials. */
  readonly configuration: () => Promise<RTCConfiguration>;
  readonly onOffer: (offer: RelayOffer) => void;
}

type Kind = 'audio' | 'video';

/** The two connections to the media server, which are made and replaced together. */
interface Pair {
  readonly send: RTCPeerConnection;
  readonly receive: RTCPeerConnection;
  readonly senders: Readonly<Record<Kind, RTCRtpSender>>;
  offer: RelayOffer | undefined;
  isAnswered: boolean;
}

/**
 * The way through the media server: a connection that sends a sound and a picture, whatever tracks are in them, and one
 * that receives those of the other side. Nothing is negotiated but when the pair is replaced.
 */
export class RelayPath implements MediaPath {
  readonly session: string;
  readonly #options: RelayPathOptions;
  readonly #tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  /** The offer is to be said again, or the pair to be replaced. */
  readonly #patience: Timer;
  #pair: Pair | undefined;
  #number = 0;
  #isUp = false;
  #closed = false;

  constructor(options: RelayPathOptions) {
    this.#options = options;
    this.session = options.session;
    this.#patience = new Timer(options.clock, () => {
      if (this.#pair?.offer !== undefined && !this.#pair.isAnswered) this.repeat();
      else this.#connect();
    });
    this.#connect();
  }

  /** The server answers, or says what it needs. */
  take(notice: RelayNotice): void {
    const pair = this.#pair;
    if (pair === undefined || notice.number !== this.#number) return;
    if (notice.type === 'relayLayers') this.#setLayers(pair, notice.layers);
    else if (!pair.isAnswered) {
      pair.isAnswered = true;
      this.#waitFor(connectMs);
      Promise.all([
        pair.send.setRemoteDescription({ type: 'answer', sdp: notice.send }),
        pair.receive.setRemoteDescription({ type: 'answer', sdp: notice.receive }),
      ]).catch((error: unknown) => this.#failed(error));
    }
  }

  repeat(): void {
    const pair = this.#pair;
    if (pair?.offer === undefined || pair.isAnswered) return;
    this.#options.onOffer(pair.offer);
    this.#waitFor(answerMs);
  }

  /** A connection that does not break by it stays. */
  restart(): void {
    if (!this.#isUp) this.#connect();
  }

  send(kind: Kind, track: MediaStreamTrack | null): void {
    if (this.#tracks[kind] === track) return;
    this.#tracks[kind] = track;
    this.#pair?.senders[kind].replaceTrack(track).catch((error: unknown) => this.#failed(error));
  }

  /** Of both connections; where both have something of one name, what is sent counts. */
  async stats(): Promise<ReadonlyMap<string, StatisticsEntry>> {
    const { send, receive } = this.#pair ?? {};
    const reports = await Promise.all([receive?.getStats(), send?.getStats()]);
    return new Map(reports.flatMap((report) => [...(report?.entries() ?? [])]));
  }

  close(): void {
    this.#closed = true;
    this.#patience.clear();
    this.#closePair();
  }

  /** Makes a pair in place of the one before. */
  #connect(): void {
    this.#number += 1;
    this.#waitFor(answerMs);
    this.#open(this.#number).catch((error: unknown) => this.#failed(error));
  }

  async #open(number: number): Promise<void> {
    const { newPeer, stream, configuration, session } = this.#options;
    // The server tells nobody the addresses of others: where only TURN was to be used, nothing is given away by this.
    const all = {
      ...(await configuration()),
      iceTransportPolicy: 'all',
      bundlePolicy: 'max-bundle',
    } as const;
    if (this.#closed || number !== this.#number) return;
    this.#closePair();
    const [send, receive] = [newPeer(all), newPeer(all)];
    const { audio, video } = this.#tracks;
    const line = { direction: 'sendonly' as const, streams: [stream] };
    const senders = {
      audio: send.addTransceiver(audio ?? 'audio', line).sender,
      video: send.addTransceiver(video ?? 'video', { ...line, sendEncodings: layers }).sender,
    };
    const pair: Pair = { send, receive, senders, offer: undefined, isAnswered: false };
    this.#pair = pair;
    for (const kind of ['audio', 'video'] as const) receive.addTransceiver(kind, { direction: 'recvonly' });
    receive.addEventListener('track', ({ track }) => this.#received(pair, track));
    for (const peer of [send, receive])
      peer.addEventListener('connectionstatechange', () => this.#stateChanged(pair));
    await Promise.all([send.setLocalDescription(), receive.setLocalDescription()]);
    if (this.#pair !== pair) return;
    const sdp = (peer: RTCPeerConnection): string => peer.localDescription?.sdp ?? '';
    pair.offer = { type: 'relayOffer', session, number, send: sdp(send), receive: sdp(receive) };
    this.repeat();
  }

  #received(pair: Pair, track: MediaStreamTrack): void {
    const tell = (): void => {
      if (this.#pair === pair) this.#options.onTrack(track);
    };
    // There is a place for a picture in every call, also where nobody has a camera on.
    if (track.kind === 'audio') tell();
    else track.addEventListener('unmute', tell, { once: true });
  }

  #stateChanged(pair: Pair): void {
    if (this.#pair !== pair) return;
    const states = [pair.send.connectionState, pair.receive.connectionState];
    if (states.every((state) => state === 'connected')) {
      this.#patience.clear();
      this.#become('up');
    } else if (states.includes('failed')) {
      this.#become('down');
      this.#waitFor(failedMs);
    } else if (states.includes('disconnected')) {
      this.#become('down');
      this.#waitFor(patienceMs);
    }
  }

  #become(state: 'up' | 'down'): void {
    if (this.#isUp === (state === 'up')) return;
    this.#isUp = state === 'up';
    this.#options.onState(state);
  }

  #setLayers({ senders }: Pair, wanted: readonly { rid: string; active: boolean }[]): void {
    const parameters = senders.video.getParameters();
    for (const encoding of parameters.encodings) {
      encoding.active = wanted.find(({ rid }) => rid === encoding.rid)?.active ?? true;
    }
    senders.video.setParameters(parameters).catch((error: unknown) => this.#failed(error));
  }

  #closePair(): void {
    this.#pair?.send.close();
    this.#pair?.receive.close();
    this.#pair = undefined;
    this.#become('down');
  }

  #waitFor(ms: number): void {
    if (!this.#closed) this.#patience.setTo(this.#options.clock.now() + ms);
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    const hint = 'Report it with its cause.';
    this.#options.onProblem(
      new StoaError('INTERNAL', 'The media server’s connection could not be made.', { hint, cause: error }),
    );
  }
}

/** The smallest first: the other side gets the one that its network takes. */
const layers: RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', maxBitrate: 2_500_000 },
];

/** Until an offer is said again. */
const answerMs = 4_000;
/** Until a pair that does not come about, or is interrupted, or has failed, is replaced. */
const connectMs = 10_000;
const patienceMs = 3_000;
const failedMs = 1_000;
