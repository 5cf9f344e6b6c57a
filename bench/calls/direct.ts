import { firstFrame } from './first-frame.ts';

/** When a call was answered, and when the first frame was decoded here, in milliseconds by the clock of the machine. */
export interface Seen {
  readonly at: number;
  readonly seenAt: number;
}

/** What the two pages tell each other. */
type Signal =
  | { readonly type: 'offer'; readonly sdp: string }
  | { readonly type: 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit };

const now = (): number => performance.timeOrigin + performance.now();

/**
 * The floor: the same browser, the same devices and no server. Two pages of one browser tell each other what WebRTC
 * asks for, without retries, permissions, or anything that goes wrong.
 */
export class DirectCaller {
  readonly #channel: BroadcastChannel;
  #peer: RTCPeerConnection | undefined;
  #own: MediaStream | undefined;
  #offer: string | undefined;
  #early: RTCIceCandidateInit[] = [];
  #seen: Promise<number> | undefined;

  constructor(channel: BroadcastChannel) {
    this.#channel = channel;
    channel.onmessage = ({ data }: MessageEvent<Signal>) => void this.#told(data);
  }

  /** Opens the devices and offers, as somebody who calls. */
  async call(): Promise<void> {
    const peer = await this.#begin();
    await peer.setLocalDescription();
    this.#say({ type: 'offer', sdp: peer.localDescription?.sdp ?? '' });
  }

  /** Resolves when the offer has come. */
  async incoming(): Promise<void> {
    while (this.#offer === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Opens the devices and answers, and resolves when the first frame is decoded. */
  async answer(): Promise<Seen> {
    const at = now();
    const sdp = this.#offer;
    const peer = await this.#begin();
    await peer.setRemoteDescription({ type: 'offer', sdp: sdp ?? '' });
    await peer.setLocalDescription();
    this.#say({ type: 'answer', sdp: peer.localDescription?.sdp ?? '' });
    for (const candidate of this.#early.splice(0)) await peer.addIceCandidate(candidate);
    return { at, seenAt: await this.seen() };
  }

  seen(): Promise<number> {
    if (this.#seen === undefined) throw new Error('There is no call.');
    return this.#seen;
  }

  hangup(): void {
    this.#peer?.close();
    for (const track of this.#own?.getTracks() ?? []) track.stop();
    this.#peer = this.#own = this.#offer = this.#seen = undefined;
    this.#early = [];
  }

  async #begin(): Promise<RTCPeerConnection> {
    const peer = new RTCPeerConnection();
    this.#peer = peer;
    const remote = new MediaStream();
    peer.ontrack = ({ track }) => remote.addTrack(track);
    peer.onicecandidate = ({ candidate }) => {
      if (candidate !== null) this.#say({ type: 'candidate', candidate: candidate.toJSON() });
    };
    this.#seen = firstFrame(remote, now);
    // As the client of Stoa asks for them.
    this.#own = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    });
    for (const track of this.#own.getTracks()) peer.addTrack(track, this.#own);
    return peer;
  }

  async #told(signal: Signal): Promise<void> {
    if (signal.type === 'offer') this.#offer = signal.sdp;
    else if (signal.type === 'answer') await this.#peer?.setRemoteDescription(signal);
    else if (this.#peer?.remoteDescription) await this.#peer.addIceCandidate(signal.candidate);
    else this.#early.push(signal.candidate);
  }

  #say(signal: Signal): void {
    this.#channel.postMessage(signal);
  }
}
