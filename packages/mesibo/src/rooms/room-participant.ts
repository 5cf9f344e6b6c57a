import type { OwnStream, RemoteStream } from '@stoa/client';
import { MESIBOCALL_VIDEOSOURCE_CAMERADEFAULT, MESIBOCALL_VIDEOSOURCE_SCREEN } from '../constants/call.ts';
import { STREAM_SCREEN } from '../constants/group-call.ts';
import { internal, setInternal } from '../internal.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import type { MesiboGroupCall } from './group-call.ts';
import { MesiboParticipantAdmin } from './participant-admin.ts';
import { ParticipantView, type ViewAttached } from './participant-view.ts';

/** What v1 applications hand over when they publish. */
export interface V1PublishParams {
  readonly peer?: string | number;
  readonly name?: string;
  readonly groupid?: number;
  readonly source?: number | string;
  readonly audio?: boolean;
  readonly video?: boolean;
}

type OnStream = (participant: MesiboParticipant) => unknown;
type OnStatus = (
  participant: MesiboParticipant,
  status: number,
  video: boolean,
  quality: CallQuality,
) => unknown;

/** How good the way is on which a stream is sent: `level` 3 good, 2 fair, 1 poor; 0 as long as it is not known. */
export interface CallQuality {
  readonly quality: 'unknown' | 'good' | 'fair' | 'poor';
  readonly level: 0 | 1 | 2 | 3;
}

/** Who somebody is. */
export interface ParticipantFacts {
  readonly uid: number;
  readonly sid: number;
  readonly address: string;
  readonly name: string;
  readonly isLocal: boolean;
}

export interface ParticipantState {
  readonly call: MesiboGroupCall;
  readonly facts: ParticipantFacts;
  readonly view: ParticipantView;
  remote: RemoteStream | undefined;
  own: OwnStream | undefined;
  /** What the application wants of it: to publish it, or to be sent it. */
  wanted: { audio: boolean; video: boolean } | undefined;
  /** What of `own` is muted by the user himself, and not only by others. */
  said: { audio: boolean; video: boolean };
  isScreen: boolean;
  isConnected: boolean;
  /** What the application was told. */
  told: { audioMuted: boolean; videoMuted: boolean; talking: boolean; hasVideo: boolean; hasAudio: boolean };
  talkedAt: number;
  quality: CallQuality;
  listener: object | undefined;
  onStream: OnStream | undefined;
  onStatus: OnStatus | undefined;
  data: unknown;
  isFullscreen: boolean;
  isVisible: boolean;
  priority: number;
}

/**
 * A stream of a group call: one of this device, to publish, or one of somebody else, to subscribe to. The same stream
 * is always the same object, and may be given properties of the application.
 *
 * @example
 * const publisher = live.createPublisher(0);
 * publisher.call(true, true, listener);
 * publisher.setVideoView('localVideo');
 */
export class MesiboParticipant {
  declare readonly [internal]: ParticipantState;

  name: string;
  /** Empty for an own stream. */
  address: string;

  constructor(call: MesiboGroupCall, facts: ParticipantFacts) {
    this.name = facts.name;
    this.address = facts.address;
    setInternal(this, {
      call,
      facts,
      view: new ParticipantView(facts.isLocal),
      remote: undefined,
      own: undefined,
      wanted: undefined,
      said: { audio: false, video: false },
      isScreen: false,
      isConnected: false,
      told: { audioMuted: false, videoMuted: false, talking: false, hasVideo: false, hasAudio: false },
      talkedAt: 0,
      quality: { quality: 'unknown', level: 0 },
      listener: undefined,
      onStream: undefined,
      onStatus: undefined,
      data: undefined,
      isFullscreen: false,
      isVisible: true,
      priority: 0,
    } satisfies ParticipantState);
  }

  /** The user's number: the same for all of his streams. */
  getId(): number {
    return this[internal].facts.uid || this[internal].call[internal].selfUid;
  }
  getUid(): number {
    return this.getId();
  }
  /** 0 for the camera, otherwise the number of a screen. */
  getType(): number {
    return this[internal].facts.sid;
  }
  getSid(): number {
    return this[internal].facts.sid;
  }
  getName(): string {
    return this.name;
  }
  setName(name: string): void {
    this.name = String(name);
  }
  getAddress(): string {
    return this[internal].facts.address || this[internal].call[internal].selfAddress;
  }
  getProfile(): MesiboProfile | null {
    return this[internal].call[internal].context.profiles.user(this.getAddress()) ?? null;
  }
  isLocal(): boolean {
    return this[internal].facts.isLocal;
  }
  isMe(): boolean {
    return this.getId() === this[internal].call[internal].selfUid;
  }
  isPublisher(): boolean {
    const { own, remote } = this[internal];
    return own !== undefined || remote?.isThere === true;
  }
  getGroupCall(): MesiboGroupCall {
    return this[internal].call;
  }

  /**
   * Publishes this stream, or has one of somebody else sent: `call(audio, video, listener)`, or, as in v1,
   * `call(params, elementId, on_stream, on_status)` with null for params of others.
   */
  call(...args: readonly unknown[]): boolean {
    const state = this[internal];
    const [first, second, third, fourth] = args;
    if (typeof first === 'object') {
      const params = (first ?? {}) as V1PublishParams;
      state.isScreen ||= params.source === STREAM_SCREEN || params.source === 'screen';
      if (typeof third === 'function') state.onStream = third as OnStream;
      if (typeof fourth === 'function') state.onStatus = fourth as OnStatus;
      if (typeof second === 'string' && second !== '') this.setVideoView(second);
      if (params.groupid) state.call.setRoom(params.groupid);
      state.wanted = { audio: params.audio ?? true, video: params.video ?? true };
    } else {
      if (typeof third === 'object' && third !== null) state.listener = third;
      // What nothing is said of stays: whoever is muted is not to be heard by being called once more.
      const { audio, video } = state.wanted ?? { audio: true, video: true };
      state.wanted = {
        audio: first === undefined ? audio : Boolean(first),
        video: second === undefined ? video : Boolean(second),
      };
    }
    state.call[internal].wantedChanged(this);
    return true;
  }

  /** Ends publishing it, or being sent it. */
  hangup(): boolean {
    const state = this[internal];
    state.wanted = undefined;
    state.isConnected = false;
    state.call[internal].wantedChanged(this);
    return true;
  }

  /** MESIBOCALL_VIDEOSOURCE_*; before call(). */
  setVideoSource(source: number = MESIBOCALL_VIDEOSOURCE_CAMERADEFAULT, index = 0): boolean {
    const state = this[internal];
    const isScreen = source === MESIBOCALL_VIDEOSOURCE_SCREEN;
    if (state.own === undefined || isScreen) {
      state.isScreen = isScreen;
      if (state.wanted !== undefined) state.call[internal].wantedChanged(this);
      return true;
    }
    state.call[internal].useCamera(this, source, index);
    return true;
  }
  switchCamera(): boolean {
    const state = this[internal];
    if (state.own === undefined) return false;
    state.call[internal].nextCamera(this);
    return true;
  }
  /** From the camera to a screen that the user chooses, and back. */
  switchSource(): boolean {
    return this.setVideoSource(
      this[internal].isScreen ? MESIBOCALL_VIDEOSOURCE_CAMERADEFAULT : MESIBOCALL_VIDEOSOURCE_SCREEN,
    );
  }
  /** Size and frames per second of the own video; 0: as it is. */
  changeVideoFormat(width: number, height: number, fps = 0): boolean {
    const track = this[internal].own?.track('video');
    if (track === undefined) return false;
    const wanted = Object.entries({ width, height, frameRate: fps }).filter(([, value]) => value > 0);
    track
      .applyConstraints(Object.fromEntries(wanted))
      .catch((error) => this[internal].call[internal].context.fail(error));
    return true;
  }

  /**
   * Shows it in a video element, or in the one with this id, which is looked for `attempts` times when it is not there
   * yet. `onAttached` gets whether it was found.
   */
  setVideoView(
    view: string | HTMLVideoElement | null,
    onAttached?: ViewAttached | null,
    retryMs = 100,
    attempts = 50,
  ): void {
    this[internal].view.set(view, onAttached, retryMs, attempts);
  }
  attach(
    view: string | HTMLVideoElement | null,
    onAttached?: ViewAttached | null,
    retryMs = 100,
    attempts = 50,
  ): void {
    this.setVideoView(view, onAttached, retryMs, attempts);
  }
  getVideoView(): HTMLVideoElement | null {
    return this[internal].view.element ?? null;
  }

  /** `enable` false mutes what is named, true ends that: of the own stream for all, of another one for this device. */
  mute(audio: boolean, video: boolean, enable: boolean): boolean {
    const muted = !enable;
    this[internal].call[internal].mute(this, {
      ...(audio ? { audio: muted } : {}),
      ...(video ? { video: muted } : {}),
    });
    return true;
  }
  /** Returns whether it is muted now. */
  toggleAudioMute(): boolean {
    return this.toggle('audio');
  }
  toggleVideoMute(): boolean {
    return this.toggle('video');
  }
  /** v1: `(video, remote)`. */
  toggleMute(video = false, _remote = false): boolean {
    return this.toggle(video ? 'video' : 'audio');
  }
  /** Whether it is muted, by whomever; with `remote`, whether this device (false) or the other side (true) has done it. */
  getMuteStatus(video = false, remote?: boolean): boolean {
    const { own, remote: stream, wanted } = this[internal];
    const half = video ? 'video' : 'audio';
    if (own !== undefined) {
      if (remote === true) return own.isLocked(half);
      return own.track(half) === undefined ? wanted?.[half] !== true : own.isMuted(half);
    }
    const isMutedThere = stream?.info[half] === 'muted' || stream?.info[half] === 'locked';
    const isMutedHere = wanted !== undefined && !wanted[half];
    if (remote === undefined) return isMutedThere || isMutedHere;
    return remote ? isMutedThere : isMutedHere;
  }
  muteStatus(video = false, remote?: boolean): boolean {
    return this.getMuteStatus(video, remote);
  }

  /** What those may do with it who control the room; null for all others. */
  getAdmin(): MesiboParticipantAdmin | null {
    return this[internal].call.hasAdminPermissions(false) ? new MesiboParticipantAdmin(this) : null;
  }
  adminMute(audio: boolean, video: boolean, enable: boolean): boolean {
    return this.getAdmin()?.mute(audio, video, enable) ?? false;
  }

  isTalking(): boolean {
    const { own, remote } = this[internal];
    return (own ?? remote)?.isTalking === true;
  }
  /** Milliseconds since 1970 when it last began to talk; 0: never. */
  getTalkTimestamp(): number {
    return this[internal].talkedAt;
  }
  isCallInProgress(): boolean {
    return this[internal].wanted !== undefined;
  }
  isCallConnected(): boolean {
    return this[internal].isConnected;
  }
  isVideoCall(): boolean {
    return this[internal].wanted?.video === true;
  }
  hasAudio(): boolean {
    const { own, remote } = this[internal];
    return own?.track('audio') !== undefined || remote?.hasAudio === true;
  }
  hasVideo(): boolean {
    const { own, remote } = this[internal];
    return own?.track('video') !== undefined || remote?.hasVideo === true;
  }
  /** Width by height; 0 while it is not known. */
  getAspectRatio(): number {
    const { videoWidth = 0, videoHeight = 0 } = this[internal].view.element ?? {};
    return videoHeight === 0 ? 0 : videoWidth / videoHeight;
  }
  isVideoLandscape(): boolean {
    return this.getAspectRatio() >= 1;
  }

  /** A picture that is not visible is not sent. */
  setVisible(visible: boolean): void {
    this[internal].isVisible = visible;
    this[internal].call[internal].wantedChanged(this);
  }
  setVisibility(visible: boolean): void {
    this.setVisible(visible);
  }
  setFullscreen(on: boolean): void {
    this[internal].isFullscreen = on;
    const { element } = this[internal].view;
    if (on) element?.requestFullscreen().catch(() => {});
    else if (document.fullscreenElement === element) document.exitFullscreen().catch(() => {});
  }
  fullScreen(on: boolean): void {
    this.setFullscreen(on);
  }
  setPriority(priority: number): void {
    this[internal].priority = Number(priority);
  }
  getPriority(): number {
    return this[internal].priority;
  }
  setListener(listener: object): void {
    this[internal].listener = listener;
  }
  setUserData(data: unknown): void {
    this[internal].data = data;
  }
  getUserData(): unknown {
    return this[internal].data;
  }

  private toggle(half: 'audio' | 'video'): boolean {
    const muted = !this.getMuteStatus(half === 'video', false);
    this[internal].call[internal].mute(this, { [half]: muted });
    return muted;
  }
}
