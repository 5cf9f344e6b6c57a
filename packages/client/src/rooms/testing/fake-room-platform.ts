import type { RoomPlatform } from '../room-platform.ts';

class FakeTrack extends EventTarget {
  enabled = true;
  contentHint = '';
  stopped = false;
  readonly kind: 'audio' | 'video';

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
  }

  getSettings(): MediaTrackSettings {
    return { height: 720 };
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
  readonly remote: string[] = [];
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

  newPeer(): RTCPeerConnection {
    const peer = new FakePeer();
    this.peers.push(peer);
    return peer as object as RTCPeerConnection;
  }

  newStream(): MediaStream {
    return new FakeStream() as object as MediaStream;
  }

  async userMedia({ audio, video }: MediaStreamConstraints): Promise<MediaStream> {
    const kinds = [
      audio === undefined ? [] : ['audio' as const],
      video === undefined ? [] : ['video' as const],
    ];
    const tracks = kinds.flat().map((kind) => new FakeTrack(kind));
    this.tracks.push(...tracks);
    return new FakeStream(tracks) as object as MediaStream;
  }

  displayMedia(): Promise<MediaStream> {
    return this.userMedia({ video: {} });
  }

  codecs(): undefined {
    return undefined;
  }

  watchHeight(element: Element, onHeight: (height: number) => void): () => void {
    this.heights.set(element, onHeight);
    return () => this.heights.delete(element);
  }
}
