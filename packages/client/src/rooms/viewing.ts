import type { RoomNotice, RoomPauseReason, RoomStreamPlace } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { watchConnection } from './connection-watch.ts';
import { holdCandidates } from './held-candidates.ts';
import { InTurn } from './in-turn.ts';
import type { RoomPlatform } from './room-platform.ts';
import type { RoomAsking } from './room-types.ts';

type Slots = Extract<RoomNotice, { type: 'slots' }>['slots'];

export interface Wishes {
  readonly streams: readonly (RoomStreamPlace & { audio: boolean; video: boolean; height?: number })[];
  readonly others: boolean;
}

export interface ViewingOptions {
  readonly gid: number;
  readonly platform: RoomPlatform;
  readonly clock: Clock;
  readonly configuration: () => Promise<RTCConfiguration>;
  readonly ask: RoomAsking;
  /** Which track shows what: all of them, each time. */
  readonly onTracks: (tracks: readonly SlotTrack[]) => void;
  readonly onUp: (isUp: boolean) => void;
  readonly onProblem: (error: unknown) => void;
}

export interface SlotTrack {
  readonly of: RoomStreamPlace;
  readonly track: MediaStreamTrack;
  /** Why nothing is sent on it at the moment, though there is something. */
  readonly paused: RoomPauseReason | undefined;
}

/** The connection on which a room sends what is watched, whose m-lines show one stream after the other. */
export class Viewing {
  readonly #options: ViewingOptions;
  readonly #turns = new InTurn();
  #peer: RTCPeerConnection | undefined;
  #stopWatching = (): void => {};
  #slots: Slots = [];
  /** Of the newest offer whose answer the server has. */
  #version = 0;
  /** The server has taken an answer of this connection. */
  #isAnswered = false;
  #isRestarting = false;
  #closed = false;

  constructor(options: ViewingOptions) {
    this.#options = options;
  }

  get peer(): RTCPeerConnection | undefined {
    return this.#peer;
  }

  /** Says what is wanted; the connection is opened with the first wish. */
  watch(wishes: Wishes): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#closed) return;
      const { ask, gid } = this.#options;
      const { offer } = await ask('rooms.watch', {
        gid,
        streams: [...wishes.streams],
        others: wishes.others,
      });
      if (this.#peer === undefined) await this.#open();
      else if (offer !== undefined) await this.#renegotiate(this.#peer, offer);
    });
  }

  /** There is an offer with more m-lines. */
  offered(offer: { readonly version: number; readonly sdp: string }): void {
    this.#inTurn(async (peer) => this.#renegotiate(peer, offer));
  }

  /** The m-lines show something else. */
  show(slots: Slots): void {
    this.#slots = slots;
    this.#tell();
  }

  /** Makes another connection in place of the one before. */
  restart(): void {
    // One that has not begun does for all that have asked for it.
    if (this.#isRestarting || this.#peer === undefined) return;
    this.#isRestarting = true;
    this.#inTurn(() => {
      this.#isRestarting = false;
      return this.#open();
    });
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }

  #inTurn(task: (peer: RTCPeerConnection) => Promise<void>): void {
    this.#turns
      .run(async () => {
        if (!this.#closed && this.#peer !== undefined) await task(this.#peer);
      })
      .catch(this.#options.onProblem);
  }

  async #open(): Promise<void> {
    const { platform, clock, configuration, ask, gid, onUp } = this.#options;
    const offer = await ask('rooms.receive', { gid });
    const peer = platform.newPeer({ ...(await configuration()), bundlePolicy: 'max-bundle' });
    this.#end();
    if (this.#closed) {
      peer.close();
      return;
    }
    this.#peer = peer;
    this.#isAnswered = false;
    this.#stopWatching = watchConnection(peer, clock, { onUp, onLost: () => this.restart() });
    await this.#negotiate(peer, offer);
  }

  /** An offer comes with an answer or by itself, so that a newer one may have been taken already. */
  async #renegotiate(peer: RTCPeerConnection, offer: { version: number; sdp: string }): Promise<void> {
    if (offer.version > this.#version) await this.#negotiate(peer, offer);
  }

  async #negotiate(
    peer: RTCPeerConnection,
    { version, sdp }: { version: number; sdp: string },
  ): Promise<void> {
    const { ask, gid } = this.#options;
    const offer = this.#isAnswered ? { sdp, candidates: [] } : holdCandidates(sdp);
    await peer.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
    await peer.setLocalDescription();
    await ask('rooms.answer', { gid, version, sdp: peer.localDescription?.sdp ?? '' });
    this.#version = version;
    if (this.#peer !== peer) return;
    this.#isAnswered = true;
    for (const candidate of offer.candidates) await peer.addIceCandidate(candidate);
    this.#tell();
  }

  #tell(): void {
    const tracks = new Map(
      this.#peer?.getTransceivers().map(({ mid, receiver }) => [mid, receiver.track] as const),
    );
    const shown = this.#slots.flatMap(({ mid, of, paused }) => {
      const track = tracks.get(mid);
      return of === undefined || track === undefined ? [] : [{ of, track, paused }];
    });
    this.#options.onTracks(shown);
  }

  #end(): void {
    this.#stopWatching();
    this.#peer?.close();
    this.#peer = undefined;
  }
}
