import type { StoaError } from '@stoa/protocol';
import type { CallPlatform } from './call-platform.ts';
import type { CallMedia } from './call-types.ts';
import { mediaError } from './media-errors.ts';

export interface LocalMediaOptions {
  readonly platform: CallPlatform;
  /** What is sent has changed: tracks, or whether they are to be sent. */
  readonly onChange: () => void;
  readonly onProblem: (error: StoaError) => void;
}

type Kind = 'audio' | 'video';

/** The own microphone, camera and screen: opened when they are wanted, and released when they are not. */
export class LocalMedia {
  /** What the user sees of himself: the tracks that are sent. */
  readonly stream: MediaStream;
  readonly #options: LocalMediaOptions;
  #microphone: MediaStreamTrack | undefined;
  #camera: MediaStreamTrack | undefined;
  #screen: MediaStreamTrack | undefined;
  #cameraId: string | undefined;
  #muted = false;
  #held = false;
  #peerHolds = false;
  /** The network takes too little video. */
  #paused = false;
  #maxHeight: number | undefined;
  #closed = false;

  constructor(options: LocalMediaOptions) {
    this.#options = options;
    this.stream = options.platform.newStream();
  }

  /** What is told to the other side. */
  get media(): CallMedia {
    return {
      audio: this.#microphone !== undefined && !this.#muted,
      video: this.#screen !== undefined || (this.#camera !== undefined && !this.#paused),
      screen: this.#screen !== undefined,
      hold: this.#held,
    };
  }

  /** Whether the user wants to be seen, however little the network takes. */
  get wantsVideo(): boolean {
    return this.#camera !== undefined || this.#screen !== undefined;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  get hasCamera(): boolean {
    return this.#camera !== undefined;
  }

  /** What is to be sent at the moment. */
  track(kind: Kind): MediaStreamTrack | null {
    if (this.#held || this.#peerHolds) return null;
    if (kind === 'audio') return this.#microphone ?? null;
    return (this.#paused && this.#screen === undefined ? undefined : (this.#screen ?? this.#camera)) ?? null;
  }

  /**
   * Opens the microphone, and the camera too if it is wanted. Without a camera the call goes on with sound.
   *
   * @throws StoaError that says why there is no microphone.
   */
  async open({ video }: { video: boolean }): Promise<void> {
    if (video) {
      try {
        // Both at once, so that the user is asked once.
        this.#take(await this.#userMedia({ audio: microphone(), video: camera() }));
        return;
      } catch (error) {
        await this.#openMicrophone();
        this.#options.onProblem(mediaError(error, 'camera'));
        return;
      }
    }
    await this.#openMicrophone();
  }

  setAudio(on: boolean): void {
    this.#muted = !on;
    this.#changed();
  }

  /**
   * Switches the camera on or off; off, it is released.
   *
   * @throws StoaError that says why there is no camera.
   */
  async setVideo(on: boolean): Promise<void> {
    if (on === (this.#camera !== undefined)) return;
    if (on) {
      try {
        this.#take(await this.#userMedia({ video: camera(this.#cameraId) }));
      } catch (error) {
        throw mediaError(error, 'camera');
      }
    } else {
      this.#stop(this.#camera);
      this.#camera = undefined;
      this.#changed();
    }
  }

  /** No picture is larger from now on. */
  limitHeight(lines: number | undefined): void {
    this.#maxHeight = lines;
    for (const track of [this.#camera, this.#screen]) this.#limit(track);
  }

  setHeld(held: boolean): void {
    this.#held = held;
    this.#changed();
  }

  setPeerHolds(holds: boolean): void {
    if (holds === this.#peerHolds) return;
    this.#peerHolds = holds;
    this.#changed();
  }

  /** @returns whether it was changed by that */
  setPaused(paused: boolean): boolean {
    if (paused === this.#paused) return false;
    this.#paused = paused;
    this.#changed();
    return true;
  }

  /** @throws StoaError that says why it cannot be used. The one before stays. */
  async useMicrophone(id: string): Promise<void> {
    try {
      this.#take(await this.#userMedia({ audio: microphone(id) }));
    } catch (error) {
      throw mediaError(error, 'microphone');
    }
  }

  /** @throws StoaError that says why it cannot be used. The one before stays. */
  async useCamera(id: string): Promise<void> {
    this.#cameraId = id;
    if (this.#camera === undefined) return;
    try {
      this.#take(await this.#userMedia({ video: camera(id) }));
    } catch (error) {
      throw mediaError(error, 'camera');
    }
  }

  /** Asks the user which screen to show, and sends it in the place of the camera until he ends it. */
  async share(): Promise<void> {
    try {
      const stream = await this.#options.platform.displayMedia();
      const [track] = stream.getVideoTracks();
      if (this.#closed || track === undefined) {
        this.#stop(track);
        return;
      }
      // Text must stay sharp.
      track.contentHint = 'detail';
      this.#stop(this.#screen);
      this.#screen = track;
      this.#limit(track);
      // The browser has a button of its own for that.
      track.addEventListener('ended', () => {
        if (this.#screen === track) this.unshare();
      });
      this.#changed();
    } catch (error) {
      throw mediaError(error, 'screen');
    }
  }

  unshare(): void {
    this.#stop(this.#screen);
    this.#screen = undefined;
    this.#changed();
  }

  /** Releases everything. */
  close(): void {
    this.#closed = true;
    for (const track of [this.#microphone, this.#camera, this.#screen]) this.#stop(track);
    this.#microphone = this.#camera = this.#screen = undefined;
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }

  async #openMicrophone(): Promise<void> {
    try {
      this.#take(await this.#userMedia({ audio: microphone() }));
    } catch (error) {
      throw mediaError(error, 'microphone');
    }
  }

  #limit(track: MediaStreamTrack | undefined): void {
    const max = this.#maxHeight;
    if (max !== undefined) track?.applyConstraints({ height: { ideal: max, max } }).catch(() => {});
  }

  #userMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    return this.#options.platform.userMedia(constraints);
  }

  #take(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      if (this.#closed) {
        this.#stop(track);
        continue;
      }
      const isAudio = track.kind === 'audio';
      this.#stop(isAudio ? this.#microphone : this.#camera);
      if (isAudio) this.#microphone = track;
      else {
        this.#camera = track;
        this.#limit(track);
      }
      track.addEventListener('ended', () => this.#lost(track));
    }
    this.#changed();
  }

  /** A device was unplugged, or another program took it. */
  #lost(track: MediaStreamTrack): void {
    if (this.#closed) return;
    if (track === this.#camera) {
      this.#camera = undefined;
      this.#changed();
      this.#options.onProblem(mediaError(undefined, 'camera'));
    } else if (track === this.#microphone) {
      this.#microphone = undefined;
      this.#changed();
      this.#openMicrophone().catch((error) => this.#options.onProblem(error));
    }
  }

  #changed(): void {
    if (this.#closed) return;
    if (this.#microphone !== undefined) this.#microphone.enabled = !this.#muted;
    const shown = [this.#microphone, this.#screen ?? this.#camera];
    for (const track of this.stream.getTracks()) {
      if (!shown.includes(track)) this.stream.removeTrack(track);
    }
    for (const track of shown) if (track !== undefined) this.stream.addTrack(track);
    this.#options.onChange();
  }

  /** `ended` is not told of a track that is stopped from here. */
  #stop(track: MediaStreamTrack | undefined): void {
    track?.stop();
  }
}

function microphone(deviceId?: string): MediaTrackConstraints {
  const processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return { ...processing, ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }) };
}

function camera(deviceId?: string): MediaTrackConstraints {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  return { ...size, ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }) };
}
