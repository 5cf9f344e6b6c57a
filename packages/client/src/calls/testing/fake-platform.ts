import type { CallPlatform } from '../call-platform.ts';

/** A track that sends nothing. */
class FakeTrack extends EventTarget {
  enabled = true;
  contentHint = '';
  stopped = false;
  readonly id = crypto.randomUUID();
  readonly kind: 'audio' | 'video';

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
  }

  constraints: MediaTrackConstraints = {};

  stop(): void {
    this.stopped = true;
  }

  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    this.constraints = constraints;
  }
}

class FakeStream {
  readonly #tracks = new Set<FakeTrack>();

  constructor(tracks: readonly FakeTrack[] = []) {
    for (const track of tracks) this.#tracks.add(track);
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks];
  }

  getVideoTracks(): FakeTrack[] {
    return this.getTracks().filter(({ kind }) => kind === 'video');
  }

  addTrack(track: FakeTrack): void {
    this.#tracks.add(track);
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks.delete(track);
  }
}

class FakeSender {
  track: FakeTrack | null;
  readonly encodings: RTCRtpEncodingParameters[];

  constructor(track: FakeTrack | null, encodings: readonly RTCRtpEncodingParameters[]) {
    this.track = track;
    this.encodings = encodings.map((each) => ({ ...each }));
  }

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
  }

  getParameters(): { encodings: RTCRtpEncodingParameters[] } {
    return { encodings: this.encodings };
  }

  async setParameters(): Promise<void> {}
}

/** A peer connection that negotiates by the rules and connects when the test says so. */
export class FakePeer extends EventTarget {
  signalingState = 'stable';
  connectionState = 'new';
  iceGatheringState = 'new';
  localDescription: { type: string; sdp: string } | null = null;
  readonly remote: string[] = [];
  /** What is sent in each m-line that was added. */
  readonly senders: FakeSender[] = [];
  closed = false;

  async setLocalDescription(): Promise<void> {
    const isAnswer = this.signalingState === 'have-remote-offer';
    const type = isAnswer ? 'answer' : 'offer';
    this.localDescription = { type, sdp: `v=0\r\n${type}` };
    this.signalingState = isAnswer ? 'stable' : 'have-local-offer';
  }

  async setRemoteDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
    this.remote.push(sdp);
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
  }

  async addIceCandidate(): Promise<void> {}
  addTrack(): void {}
  addTransceiver(
    what: FakeTrack | string,
    { sendEncodings = [] }: { sendEncodings?: RTCRtpEncodingParameters[] } = {},
  ): { sender: FakeSender } {
    const sender = new FakeSender(typeof what === 'string' ? null : what, sendEncodings);
    this.senders.push(sender);
    return { sender };
  }
  getTransceivers(): [] {
    return [];
  }
  async getStats(): Promise<Map<string, object>> {
    return new Map();
  }
  setConfiguration(): void {}
  restartIce(): void {
    this.dispatchEvent(new Event('negotiationneeded'));
  }
  close(): void {
    this.closed = true;
  }

  becomes(state: 'connected' | 'disconnected' | 'failed'): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}

/** A browser whose devices and connections the test plays. */
export class FakePlatform implements CallPlatform {
  readonly peers: FakePeer[] = [];
  readonly tracks: FakeTrack[] = [];
  /** Kinds of devices that are there. */
  readonly devicesThere = new Set(['audio', 'video']);
  readonly leaving = new Set<() => void>();
  kept: string | null = null;
  #allowed: Promise<void> = Promise.resolve();

  newPeer(): RTCPeerConnection {
    const peer = new FakePeer();
    this.peers.push(peer);
    return peer as EventTarget as RTCPeerConnection;
  }

  newStream(): MediaStream {
    return new FakeStream() as object as MediaStream;
  }

  /** The user takes his time to allow the microphone, until the returned function is called. */
  holdMicrophone(): () => void {
    let allow = (): void => {};
    this.#allowed = new Promise((resolve) => {
      allow = resolve;
    });
    return allow;
  }

  async userMedia({ audio, video }: MediaStreamConstraints): Promise<MediaStream> {
    await this.#allowed;
    const wanted = [audio === undefined ? [] : 'audio', video === undefined ? [] : 'video'].flat();
    if (wanted.some((kind) => !this.devicesThere.has(kind))) {
      throw new DOMException('Requested device not found', 'NotFoundError');
    }
    const tracks = wanted.map((kind) => new FakeTrack(kind as 'audio' | 'video'));
    this.tracks.push(...tracks);
    return new FakeStream(tracks) as object as MediaStream;
  }

  displayMedia(): Promise<MediaStream> {
    return this.userMedia({ video: {} });
  }

  /** As browsers tell of them before the user has allowed the use of one: without ids and names. */
  async devices(): Promise<readonly MediaDeviceInfo[]> {
    return [...this.devicesThere].map((kind) => {
      const facts = { deviceId: '', groupId: '', label: '', kind: `${kind}input` as MediaDeviceKind };
      return { ...facts, toJSON: () => facts };
    });
  }

  onDevices(): () => void {
    return () => {};
  }

  onLeave(listener: () => void): () => void {
    this.leaving.add(listener);
    return () => this.leaving.delete(listener);
  }

  readonly memory = {
    load: () => this.kept,
    save: (text: string | null) => {
      this.kept = text;
    },
  };
}
