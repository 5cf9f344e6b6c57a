import type { CallMedia } from './call-types.ts';
import type { LocalMedia } from './local-media.ts';

/** What the user of a call does with his own microphone, camera and screen. */
export abstract class CallControls {
  protected abstract get local(): LocalMedia;

  /** Own camera or screen, and microphone: for a preview, which must be muted. */
  get localStream(): MediaStream {
    return this.local.stream;
  }

  /** What this side sends. */
  get media(): CallMedia {
    return this.local.media;
  }

  /** Whether the camera is on, also while a screen is sent in its place or the network takes too little video. */
  get camera(): boolean {
    return this.local.hasCamera;
  }

  /** Switches the microphone on or off (mute). */
  setAudio(on: boolean): void {
    this.local.setAudio(on);
  }

  /**
   * Switches the camera on or off. A voice call becomes a video call by it.
   *
   * @throws StoaError that says why there is no camera
   */
  setVideo(on: boolean): Promise<void> {
    return this.local.setVideo(on);
  }

  /** Holds the call: nothing is sent nor played until it is taken back. */
  hold(on: boolean): void {
    this.local.setHeld(on);
  }

  /** @throws StoaError that says why it cannot be used. The one before stays. */
  useMicrophone(deviceId: string): Promise<void> {
    return this.local.useMicrophone(deviceId);
  }

  /** @throws StoaError that says why it cannot be used. The one before stays. */
  useCamera(deviceId: string): Promise<void> {
    return this.local.useCamera(deviceId);
  }

  /**
   * Sends a screen, which the user chooses, in the place of the camera.
   *
   * @throws StoaError PERMISSION_DENIED when the user chooses none
   */
  shareScreen(): Promise<void> {
    return this.local.share();
  }

  stopSharing(): void {
    this.local.unshare();
  }
}
