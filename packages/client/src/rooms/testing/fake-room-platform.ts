import type { RoomPlatform } from '../room-platform.ts';

class FakeTrack extends EventTarget {
  enabled = true;
  contentHint = '';
  stopped = false;
  readonly kind: 'audio' | 'video';
  readonly deviceId: string;

  readonly height: number;

  constructor(kind: 'audio' | 'video', deviceId = '', height = 720) {
    super();
    this.kind = kind;
    this.height = height;
    this.deviceId = deviceId;
  }

  getSettings(): MediaTrackSettings {
    return { height: this.height, ...(this.deviceId === '' ? {} : { deviceId: this.deviceId }) };
  }

  stop(): void {
    this.stopped = true;
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

  addTrack(track: FakeTrack): void {
    this.#tracks.add(track);
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks.delete(track);
  }
}

interface FakeLine {
  mid: string | null;
  readonly receiver: { readonly track: FakeTrack };
  readonly sender: {
    track: FakeTrack | null;
    encodings: RTCRtpEncodingParameters[];
    getParameters(): { encodings: RTCRtpEncodingParameters[] };
    setParameters(parameters: { encodings: RTCRtpEncodingParameters[] }): Promise<void>;
    replaceTrack(track: FakeTrack | null): Promise<void>;
  };
  stop(): void;
}

function newLine(mid: string | null, track: FakeTrack, encodings: RTCRtpEncodingParameters[] = []): FakeLine {
  const sender: FakeLine['sender'] = {
    track,
    encodings,
    getParameters: () => ({ encodings: sender.encodings.map((each) => ({ ...each })) }),
    async setParameters(parameters) {
      sender.encodings = parameters.encodings;
    },
    async replaceTrack(next) {
      sender.track = next;
    },
  };
  return { mid, receiver: { track }, sender, stop: () => {} };
}

/** A peer connection without media. An offer `a0 v0` has these m-lines. */
export class FakePeer extends EventTarget {
  connectionState = 'new';
  localDescription: { type: string; sdp: string } | null = null;
  closed = false;
  /** What it says of itself. */
  stats: object[] = [];
  readonly remote: string[] = [];
  readonly candidates: RTCIceCandidateInit[] = [];
  readonly lines: FakeLine[] = [];

  addTransceiver(track: FakeTrack, init: { sendEncodings?: RTCRtpEncodingParameters[] }): FakeLine {
    const line = newLine(null, track, init.sendEncodings);
    this.lines.push(line);
    return line;
  }

  getTransceivers(): FakeLine[] {
    return this.lines;
  }

  async setLocalDescription(): Promise<void> {
    for (const [index, line] of this.lines.entries()) line.mid ??= String(index);
    this.localDescription = { type: 'offer', sdp: `v=0 ${this.lines.map(({ mid }) => mid).join(' ')}` };
  }

  async setRemoteDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
    this.remote.push(sdp);
    if (type !== 'offer') return;
    for (const mid of sdp.split(' ')) {
      if (this.lines.some((line) => line.mid === mid)) continue;
      this.lines.push(newLine(mid, new FakeTrack(mid.startsWith('a') ? 'audio' : 'video')));
    }
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    this.candidates.push(candidate);
  }

  async getStats(): Promise<Map<string, object>> {
    return new Map(this.stats.map((entry, index) => [String(index), entry]));
  }

  becomes(state: 'connected' | 'disconnected' | 'failed'): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  close(): void {
    this.closed = true;
  }
}

/** A browser whose connections and elements the test plays. */
export class FakeRoomPlatform implements RoomPlatform {
  readonly peers: FakePeer[] = [];
  readonly tracks: FakeTrack[] = [];
  readonly heights = new Map<Element, (height: number) => void>();
  /** Cameras that are plugged in, the one that is used by default first. There is always a microphone. */
  cameras: readonly string[] = ['built in'];
  pictureHeight = 720;
  #onDevices: (devices: readonly MediaDeviceInfo[]) => void = () => {};

  newPeer(): RTCPeerConnection {
    const peer = new FakePeer();
    this.peers.push(peer);
    return peer as object as RTCPeerConnection;
  }

  newStream(): MediaStream {
    return new FakeStream() as object as MediaStream;
  }

  async userMedia({ audio, video }: MediaStreamConstraints): Promise<MediaStream> {
    const tracks: FakeTrack[] = [];
    if (audio !== undefined) tracks.push(new FakeTrack('audio'));
    if (video !== undefined) tracks.push(new FakeTrack('video', this.#cameraFor(video), this.pictureHeight));
    this.tracks.push(...tracks);
    return new FakeStream(tracks) as object as MediaStream;
  }

  /** Only these cameras are plugged in from now on; the tracks of others end. */
  plug(...cameras: readonly string[]): void {
    this.cameras = cameras;
    for (const track of this.tracks) {
      if (track.deviceId !== '' && !cameras.includes(track.deviceId)) track.dispatchEvent(new Event('ended'));
    }
    this.#onDevices(
      cameras.map((deviceId) => ({ deviceId, kind: 'videoinput' }) as object as MediaDeviceInfo),
    );
  }

  watchDevices(onDevices: (devices: readonly MediaDeviceInfo[]) => void): () => void {
    this.#onDevices = onDevices;
    return () => {
      this.#onDevices = () => {};
    };
  }

  #cameraFor(video: true | false | MediaTrackConstraints): string {
    const wanted =
      typeof video === 'object' ? (video.deviceId as { exact: string } | undefined)?.exact : undefined;
    const found = this.cameras.find((id) => wanted === undefined || id === wanted);
    if (found === undefined) throw new DOMException('no camera', 'NotFoundError');
    return found;
  }

  displayMedia(): Promise<MediaStream> {
    const track = new FakeTrack('video');
    this.tracks.push(track);
    return Promise.resolve(new FakeStream([track]) as object as MediaStream);
  }

  codecs(): undefined {
    return undefined;
  }

  watchHeight(element: Element, onHeight: (height: number) => void): () => void {
    this.heights.set(element, onHeight);
    return () => this.heights.delete(element);
  }
}
