import type { Call, CallDevice } from '@stoa/client';
import {
  MESIBO_MUTESTATUS_AUDIO,
  MESIBO_MUTESTATUS_HOLD,
  MESIBO_MUTESTATUS_VIDEO,
  MESIBOCALL_VIDEOSOURCE_SCREEN,
} from '../constants/call.ts';
import { internal, setInternal } from '../internal.ts';
import type { View } from './call-views.ts';
import { cameraFor, nextCamera } from './video-source.ts';

/** What a call needs of the calls that it is one of. */
export interface CallOwner {
  answer(call: ActiveCall, video: boolean): boolean;
  setView(view: View, isRemote: boolean): void;
  fail(error: unknown): void;
  devices(): Promise<readonly CallDevice[]>;
}

interface ActiveCallState {
  readonly call: Call;
  readonly owner: CallOwner;
  isAudioMuted: boolean;
  isVideoOn: boolean;
  /** The video is off because mute() said so: only then unmuting everything may switch a camera on. */
  isVideoMuted: boolean;
  /** The own microphone, and the camera if it is wanted, are open. */
  hasMedia: boolean;
  /** The browser asks its user for them. */
  isAsking: boolean;
  /** They could not be used when it was answered. */
  hasFailed: boolean;
  /** MESIBO_CALLSTATUS_* that the application knows. */
  reported: number | undefined;
}

/** A call as applications see it: what getActiveCall() returns. Functions that change something are true if they can. */
export class ActiveCall {
  declare readonly [internal]: ActiveCallState;
  readonly callid: number;
  /** Address of the other one. */
  readonly peer: string;

  constructor(callid: number, call: Call, owner: CallOwner, isVideoOn: boolean) {
    setInternal(this, {
      call,
      owner,
      isAudioMuted: false,
      isVideoOn,
      isVideoMuted: false,
      hasMedia: false,
      isAsking: false,
      hasFailed: false,
      reported: undefined,
    } satisfies ActiveCallState);
    this.callid = callid;
    this.peer = call.peer;
  }

  getCallId(): number {
    return this.callid;
  }
  getAddress(): string {
    return this.peer;
  }
  isVideoCall(): boolean {
    return this[internal].call.video;
  }
  isIncoming(): boolean {
    return !this[internal].call.outgoing;
  }
  /** It rings here, or was interrupted by loading the page anew: answer() takes it. */
  isRinging(): boolean {
    const { outgoing, status } = this[internal].call;
    return status.phase === 'interrupted' || (!outgoing && status.phase === 'incoming');
  }
  isAnswered(): boolean {
    const { phase } = this[internal].call.status;
    return phase === 'connecting' || phase === 'connected' || phase === 'reconnecting';
  }
  isCallConnected(): boolean {
    return this[internal].call.status.phase === 'connected';
  }
  isCallInProgress(): boolean {
    return this[internal].call.status.phase !== 'ended';
  }

  answer(video = true): boolean {
    return this[internal].owner.answer(this, video);
  }
  hangup(): boolean {
    this[internal].call.hangup();
    return true;
  }
  /** Keys: 0-9, A-D, * and #. */
  sendDTMF(digits: string | number): boolean {
    const keys = String(digits).toUpperCase();
    if (!/^[0-9A-D*#]+$/.test(keys) || !this.isAnswered()) return false;
    this[internal].call.dtmf(keys);
    return true;
  }

  /**
   * `enable` false: mutes the media that are named. True: unmutes them; with none named, everything that was muted.
   */
  mute(audio: boolean, video: boolean, enable: boolean): boolean {
    const state = this[internal];
    const isAll = enable && !audio && !video;
    if (audio || isAll) this.muteAudio(!enable);
    if (video || (isAll && state.isVideoMuted)) this.muteVideo(!enable);
    return true;
  }
  /** Returns whether the microphone is muted now. */
  toggleAudioMute(): boolean {
    this.muteAudio(!this[internal].isAudioMuted);
    return this[internal].isAudioMuted;
  }
  /** Returns whether the video is muted now. In a voice call the camera is switched on by it. */
  toggleVideoMute(): boolean {
    this.muteVideo(this[internal].isVideoOn);
    return !this[internal].isVideoOn;
  }
  /** MESIBO_MUTESTATUS_* of this side, or of the other one. */
  getMuteStatus(remote = false): number {
    const { call, isAudioMuted, isVideoOn } = this[internal];
    const peer = call.peerMedia;
    const muted = remote
      ? { audio: !peer.audio, video: !peer.video, hold: peer.hold }
      : { audio: isAudioMuted, video: !isVideoOn, hold: call.media.hold };
    return (
      (muted.audio ? MESIBO_MUTESTATUS_AUDIO : 0) |
      (muted.video ? MESIBO_MUTESTATUS_VIDEO : 0) |
      (muted.hold ? MESIBO_MUTESTATUS_HOLD : 0)
    );
  }
  hold(on = true): boolean {
    this[internal].call.hold(on);
    return true;
  }

  /** Where it is shown: an element or its id. */
  setVideoView(view: View, remote: boolean): boolean {
    this[internal].owner.setView(view, remote);
    return true;
  }
  /** From the camera to a screen that the user chooses, and back. */
  switchSource(): boolean {
    const { call } = this[internal];
    if (call.media.screen) call.stopSharing();
    else this.attempt(call.shareScreen());
    return true;
  }
  /** To the next camera. */
  switchCamera(): boolean {
    this.attempt(this.useCamera((devices) => nextCamera(devices, this[internal].call)));
    return true;
  }
  /** @param source MESIBOCALL_VIDEOSOURCE_* @param index which of the cameras that are meant */
  setVideoSource(source: number, index = 0): boolean {
    const { call } = this[internal];
    if (source === MESIBOCALL_VIDEOSOURCE_SCREEN) {
      this.attempt(call.shareScreen());
    } else {
      if (call.media.screen) call.stopSharing();
      this.attempt(this.useCamera((devices) => cameraFor(devices, source, index)));
    }
    return true;
  }
  /** Size and frames per second of the own video; 0: as it is. */
  changeVideoFormat(width: number, height: number, fps = 0): boolean {
    const [track] = this[internal].call.localStream.getVideoTracks();
    if (track === undefined) return false;
    const wanted = { width, height, frameRate: fps };
    const constraints = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value > 0));
    this.attempt(track.applyConstraints(constraints));
    return true;
  }

  private muteAudio(muted: boolean): void {
    const state = this[internal];
    state.isAudioMuted = muted;
    state.call.setAudio(!muted);
  }

  private muteVideo(muted: boolean): void {
    const state = this[internal];
    state.isVideoMuted = muted && state.isVideoOn;
    state.isVideoOn = !muted;
    if (muted && state.call.media.screen) state.call.stopSharing();
    this.attempt(
      state.call.setVideo(!muted).catch((error) => {
        state.isVideoOn = false;
        throw error;
      }),
    );
  }

  private async useCamera(choose: (devices: readonly CallDevice[]) => string | undefined): Promise<void> {
    const { call, owner } = this[internal];
    const id = choose(await owner.devices());
    if (id !== undefined) await call.useCamera(id);
  }

  private attempt(change: Promise<void>): void {
    change.catch((error) => this[internal].owner.fail(error));
  }
}
