import type { OperationRequest, RoomInfo, RoomNotice } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { watchConnection } from './connection-watch.ts';
import { watchEncoders } from './encoder-watch.ts';
import { InTurn } from './in-turn.ts';
import { allowedCodecs, encodingsOf, scaleFor } from './media-sources.ts';
import type { OwnStream } from './own-stream.ts';
import type { WayQuality } from './quality-watch.ts';
import type { RoomPlatform } from './room-platform.ts';
import type { RoomAsking } from './room-types.ts';

type Kind = 'audio' | 'video';

export interface PublishingOptions {
  readonly gid: number;
  readonly platform: RoomPlatform;
  readonly clock: Clock;
  readonly limits: () => RoomInfo['limits'];
  readonly configuration: () => Promise<RTCConfiguration>;
  readonly ask: RoomAsking;
  readonly onUp: (isUp: boolean) => void;
  /** What holds back what is sent, as the browser says. */
  readonly onWay: (way: WayQuality) => void;
  readonly onProblem: (error: unknown) => void;
}

/** The connection on which a device publishes all of its streams. */
export class Publishing {
  readonly #options: PublishingOptions;
  readonly #turns = new InTurn();
  readonly #streams = new Set<OwnStream>();
  readonly #lines = new Map<OwnStream, Partial<Record<Kind, RTCRtpTransceiver>>>();
  #peer: RTCPeerConnection | undefined;
  #stopWatching = (): void => {};
  #isRestarting = false;
  #closed = false;

  constructor(options: PublishingOptions) {
    this.#options = options;
  }

  get peer(): RTCPeerConnection | undefined {
    return this.#peer;
  }

  /** @throws StoaError what the server says: PERMISSION_DENIED, BAD_REQUEST … */
  async add(stream: OwnStream): Promise<void> {
    this.#streams.add(stream);
    try {
      await this.#turns.run(() => this.#publish());
    } catch (error) {
      this.#drop(stream);
      throw error;
    }
  }

  /** What is published no more. */
  remove(stream: OwnStream): Promise<void> {
    this.#drop(stream);
    return this.#turns.run(() => this.#publish());
  }

  /** The server has ended them: nothing is asked of it. */
  forget(streams: readonly OwnStream[]): void {
    for (const stream of streams) this.#drop(stream);
    if (this.#streams.size === 0) this.#end();
  }

  /** Its tracks are other ones: no negotiation, unless there was no track of the kind before. */
  changed(stream: OwnStream): void {
    const lines = this.#lines.get(stream);
    for (const kind of ['audio', 'video'] as const) {
      const track = stream.track(kind);
      if (lines?.[kind] === undefined) {
        if (track !== undefined) this.#republish();
      } else this.#replace(lines[kind].sender, track).catch(this.#options.onProblem);
    }
  }

  /** Layers that nobody takes are not made. */
  encode({ mid, encodings }: Extract<RoomNotice, { type: 'encodings' }>): void {
    const line = this.#peer?.getTransceivers().find((each) => each.mid === mid);
    if (line === undefined) return;
    const parameters = line.sender.getParameters();
    const wanted = new Map(encodings.map(({ rid, active }) => [rid, active]));
    for (const encoding of parameters.encodings) {
      encoding.active = wanted.get(encoding.rid ?? '') ?? encoding.active ?? true;
    }
    line.sender.setParameters(parameters).catch(this.#options.onProblem);
  }

  /** Makes another connection in place of the one before: viewers see the same streams. */
  restart(): void {
    // One that has not begun does for all that have asked for it.
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    this.#turns
      .run(async () => {
        this.#isRestarting = false;
        this.#end();
        await this.#publish();
      })
      .catch(this.#options.onProblem);
  }

  close(): void {
    this.#closed = true;
    this.#end();
    for (const stream of this.#streams) stream.release();
    this.#streams.clear();
  }

  /** The layers stay, each as large a part of the picture as before. */
  async #replace(sender: RTCRtpSender, track: MediaStreamTrack | undefined): Promise<void> {
    if (track?.kind === 'video') {
      const scale = scaleFor(track, this.#options.limits().height);
      const parameters = sender.getParameters();
      const largest = parameters.encodings.at(-1)?.scaleResolutionDownBy ?? 1;
      for (const encoding of parameters.encodings) {
        encoding.scaleResolutionDownBy = ((encoding.scaleResolutionDownBy ?? 1) * scale) / largest;
      }
      if (scale !== largest) await sender.setParameters(parameters);
    }
    await sender.replaceTrack(track ?? null);
  }

  #republish(): void {
    this.#turns.run(() => this.#publish()).catch(this.#options.onProblem);
  }

  /** Says all that is published, with an offer that has it. */
  async #publish(): Promise<void> {
    const { ask, gid } = this.#options;
    if (this.#closed) return;
    if (this.#streams.size === 0) {
      if (this.#peer === undefined) return;
      this.#end();
      await ask('rooms.publish', { gid, streams: [] });
      return;
    }
    const peer = this.#peer ?? (await this.#open());
    for (const stream of this.#streams) this.#addLines(peer, stream);
    await peer.setLocalDescription();
    const sdp = peer.localDescription?.sdp ?? '';
    const answer = await ask('rooms.publish', { gid, sdp, streams: this.#described() });
    if (this.#peer === peer && answer.sdp !== undefined)
      await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
  }

  async #open(): Promise<RTCPeerConnection> {
    const { platform, clock, configuration, onUp, onWay } = this.#options;
    const peer = platform.newPeer({ ...(await configuration()), bundlePolicy: 'max-bundle' });
    this.#peer = peer;
    const watches = [
      watchConnection(peer, clock, { onUp, onLost: () => this.restart() }),
      watchEncoders(peer, clock, onWay),
    ];
    this.#stopWatching = () => {
      for (const stop of watches) stop();
    };
    return peer;
  }

  #addLines(peer: RTCPeerConnection, stream: OwnStream): void {
    const lines = this.#lines.get(stream) ?? {};
    this.#lines.set(stream, lines);
    const { limits, platform } = this.#options;
    for (const kind of ['audio', 'video'] as const) {
      const track = stream.track(kind);
      if (track === undefined || lines[kind] !== undefined) continue;
      const line = peer.addTransceiver(track, {
        direction: 'sendonly',
        streams: [stream.mediaStream],
        ...(kind === 'audio' ? {} : { sendEncodings: encodingsOf(stream.source, track, limits().height) }),
      });
      const codecs = allowedCodecs(limits(), platform.codecs(kind));
      if (codecs !== undefined) line.setCodecPreferences(codecs);
      lines[kind] = line;
    }
  }

  #described(): OperationRequest<'rooms.publish'>['streams'] {
    return [...this.#streams].map((stream) => {
      const lines = this.#lines.get(stream);
      const [audio, video] = [lines?.audio?.mid, lines?.video?.mid];
      return {
        sid: stream.sid,
        source: stream.source,
        ...(typeof audio === 'string' ? { audio, audioMuted: stream.isMuted('audio') } : {}),
        ...(typeof video === 'string' ? { video, videoMuted: stream.isMuted('video') } : {}),
      };
    });
  }

  #drop(stream: OwnStream): void {
    this.#streams.delete(stream);
    const lines = this.#lines.get(stream);
    this.#lines.delete(stream);
    for (const line of [lines?.audio, lines?.video]) line?.stop();
  }

  #end(): void {
    this.#stopWatching();
    this.#peer?.close();
    this.#peer = undefined;
    this.#lines.clear();
  }
}
