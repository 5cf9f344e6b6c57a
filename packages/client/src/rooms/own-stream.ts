import { type RoomStream, StoaError } from '@stoa/protocol';
import { mediaError } from '../calls/index.ts';
import { cameraConstraints, microphoneConstraints, screenConstraints } from './media-sources.ts';
import type { RoomPlatform } from './room-platform.ts';

export interface OwnStreamOptions {
  readonly sid: number;
  readonly source: 'camera' | 'screen';
  readonly platform: RoomPlatform;
  /** Pixels of a picture that the room takes at the most. */
  readonly height: number;
  /** Its tracks have changed: another device, or none. */
  readonly onTracks: (stream: OwnStream) => void;
  /** Tells the server what is muted. */
  readonly mute: (stream: OwnStream, muted: { audio?: boolean; video?: boolean }) => Promise<void>;
  readonly stop: (stream: OwnStream) => Promise<void>;
  readonly onProblem: (error: StoaError) => void;
}

type Kind = 'audio' | 'video';
const kinds: readonly Kind[] = ['audio', 'video'];

/** A microphone and camera, or a screen, that this device publishes. */
export class OwnStream {
  readonly sid: number;
  readonly source: 'camera' | 'screen';
  /** What is sent, to show the user himself. */
  readonly mediaStream: MediaStream;
  isTalking = false;
  /** False when it has ended. */
  isThere = true;
  /** As the server tells it; undefined until it is published. */
  info: RoomStream | undefined;

  readonly #options: OwnStreamOptions;
  readonly #muted = { audio: false, video: false };
  readonly #devices: { audio?: string; video?: string } = {};
  /** Tracks of devices, which may be pulled out. */
  readonly #ofDevices = new WeakSet<MediaStreamTrack>();
  /** What is wanted, and has no device any more. */
  readonly #missing = new Set<Kind>();
  readonly #replacing = new Set<Kind>();

  constructor(options: OwnStreamOptions) {
    this.#options = options;
    this.sid = options.sid;
    this.source = options.source;
    this.mediaStream = options.platform.newStream();
  }

  track(kind: Kind): MediaStreamTrack | undefined {
    return this.mediaStream.getTracks().find((each) => each.kind === kind);
  }

  /** Whether its sound or picture is muted, by the user or by somebody who controls the room. */
  isMuted(kind: Kind): boolean {
    return this.#muted[kind] || (this.info?.[kind] ?? 'on') !== 'on';
  }

  /** Whether only somebody who controls the room can end that it is muted. */
  isLocked(kind: Kind): boolean {
    return this.info?.[kind] === 'locked';
  }

  /**
   * Mutes, or ends that, what is named. Nothing leaves this device, and the server lets nothing pass.
   *
   * @throws StoaError PERMISSION_DENIED when it is locked
   */
  async mute(muted: { readonly audio?: boolean; readonly video?: boolean }): Promise<void> {
    for (const kind of kinds) {
      if (muted[kind] === false && this.isLocked(kind))
        throw new StoaError('PERMISSION_DENIED', 'Only who controls the room can end this.');
    }
    const before = { ...this.#muted };
    this.#setMuted(muted);
    try {
      await this.#options.mute(this, muted);
    } catch (error) {
      this.#setMuted(before);
      throw error;
    }
  }

  /** Without an id, one that the browser chooses. @throws StoaError that says why it cannot be used; the one before stays. */
  useMicrophone(deviceId?: string): Promise<void> {
    return this.#use('audio', deviceId);
  }

  /** As useMicrophone(). */
  useCamera(deviceId?: string): Promise<void> {
    return this.#use('video', deviceId);
  }

  /** Sends this instead, from a source of the application; undefined sends nothing. */
  replaceTrack(kind: Kind, track: MediaStreamTrack | undefined): void {
    this.#missing.delete(kind);
    this.#put(kind, track);
    this.#options.onTracks(this);
  }

  /** Ends it, and releases its devices. */
  async stop(): Promise<void> {
    if (!this.isThere) return;
    this.release();
    await this.#options.stop(this);
  }

  /** @internal Opens what is wanted. A camera that is not there does not hinder the sound. */
  async open({ audio, video }: { audio: boolean; video: boolean }): Promise<StoaError | undefined> {
    const { platform, height } = this.#options;
    if (this.source === 'screen') {
      await this.#openScreen(audio);
      return undefined;
    }
    const sound = audio ? { audio: microphoneConstraints(this.#devices.audio) } : {};
    const picture = video ? { video: cameraConstraints(height, this.#devices.video) } : {};
    try {
      // Both at once, so that the user is asked once.
      this.#take(await platform.userMedia({ ...sound, ...picture }));
      return undefined;
    } catch (error) {
      if (!audio || !video) throw mediaError(error, video ? 'camera' : 'microphone');
      try {
        this.#take(await platform.userMedia(sound));
      } catch (microphoneError) {
        throw mediaError(microphoneError, 'microphone');
      }
      return mediaError(error, 'camera');
    }
  }

  /** @internal The server says how it is. */
  told(info: RoomStream): void {
    this.info = info;
    for (const track of this.mediaStream.getTracks()) track.enabled = !this.isMuted(track.kind as Kind);
  }

  /** @internal These devices are there now: one that was pulled out is replaced by another, if there is one. */
  devicesChanged(devices: readonly MediaDeviceInfo[]): void {
    for (const kind of kinds) {
      const track = this.track(kind);
      const isGone = track !== undefined && this.#ofDevices.has(track) && !isAmong(track, devices);
      if (isGone || this.#missing.has(kind)) void this.#useAnother(kind);
    }
  }

  /** @internal */
  release(): void {
    this.isThere = false;
    for (const track of this.mediaStream.getTracks()) track.stop();
  }

  async #openScreen(audio: boolean): Promise<void> {
    try {
      this.#take(
        await this.#options.platform.displayMedia({ video: screenConstraints(this.#options.height), audio }),
      );
    } catch (error) {
      throw mediaError(error, 'screen');
    }
    const picture = this.track('video');
    if (picture === undefined) return;
    // Text must stay sharp.
    picture.contentHint = 'detail';
    // The browser has a button of its own for that.
    picture.addEventListener('ended', () => {
      this.stop().catch(() => {});
    });
  }

  async #use(kind: Kind, deviceId: string | undefined): Promise<void> {
    const { platform, height } = this.#options;
    const isAudio = kind === 'audio';
    try {
      this.#take(
        await platform.userMedia(
          isAudio
            ? { audio: microphoneConstraints(deviceId) }
            : { video: cameraConstraints(height, deviceId) },
        ),
      );
    } catch (error) {
      throw mediaError(error, isAudio ? 'microphone' : 'camera');
    }
    if (deviceId === undefined) delete this.#devices[kind];
    else this.#devices[kind] = deviceId;
    this.#options.onTracks(this);
  }

  /** The device is gone. Without another one it is muted for the others until there is one. */
  async #useAnother(kind: Kind): Promise<void> {
    if (this.#replacing.has(kind) || !this.isThere) return;
    this.#replacing.add(kind);
    const wasMissing = this.#missing.has(kind);
    try {
      await this.#use(kind, undefined);
      if (wasMissing && !this.#muted[kind]) this.#tellMuted(kind, false);
    } catch (error) {
      if (wasMissing) return;
      this.#missing.add(kind);
      this.#put(kind, undefined);
      this.#options.onTracks(this);
      this.#options.onProblem(error as StoaError);
      this.#tellMuted(kind, true);
    } finally {
      this.#replacing.delete(kind);
    }
  }

  /** Somebody who controls the room may not allow it, and without a connection all is said again. */
  #tellMuted(kind: Kind, muted: boolean): void {
    this.#options.mute(this, { [kind]: muted }).catch(() => {});
  }

  #take(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      if (!this.isThere) {
        track.stop();
        continue;
      }
      const kind = track.kind as Kind;
      this.#put(kind, track);
      this.#missing.delete(kind);
      if (this.source === 'screen') continue;
      this.#ofDevices.add(track);
      // Not when we stop it ourselves.
      track.addEventListener('ended', () => {
        if (this.track(kind) === track) void this.#useAnother(kind);
      });
    }
  }

  #put(kind: Kind, track: MediaStreamTrack | undefined): void {
    const before = this.track(kind);
    if (before !== undefined) {
      before.stop();
      this.mediaStream.removeTrack(before);
    }
    if (track === undefined) return;
    track.enabled = !this.isMuted(kind);
    this.mediaStream.addTrack(track);
  }

  #setMuted({
    audio = this.#muted.audio,
    video = this.#muted.video,
  }: {
    audio?: boolean;
    video?: boolean;
  }): void {
    Object.assign(this.#muted, { audio, video });
    for (const track of this.mediaStream.getTracks()) track.enabled = !this.#muted[track.kind as Kind];
  }
}

/** Whether its device is there; of one that the browser does not name, it tells by ending the track. */
function isAmong(track: MediaStreamTrack, devices: readonly MediaDeviceInfo[]): boolean {
  const { deviceId } = track.getSettings();
  const named = devices.filter((each) => each.kind === `${track.kind}input` && each.deviceId !== '');
  return deviceId === undefined || named.length === 0 || named.some((each) => each.deviceId === deviceId);
}
