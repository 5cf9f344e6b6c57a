import {
  MESIBO_RESULT_AUTHFAIL,
  MESIBO_RESULT_BADREQ,
  MESIBO_RESULT_FAIL,
  MESIBO_RESULT_OK,
} from '../constants/result.ts';
import { internal, setInternal } from '../internal.ts';
import { Runtime } from '../runtime.ts';
import type { ActiveCall } from './active-call.ts';
import type { View } from './call-views.ts';

/**
 * Calls with one other user. Functions that name no call mean the active one, and answer that there is none otherwise.
 *
 * @example
 * api.setListener({
 *   Mesibo_onCall(callid, from, video) {
 *     api.setupVideoCall('localVideo', 'remoteVideo', true);
 *     if (confirm(`${from} calls. Answer?`)) api.answer(true);
 *     else api.hangup(0);
 *   },
 *   Mesibo_onCallStatus(callid, status, video) {
 *     if (status & MESIBO_CALLSTATUS_COMPLETE) console.log('The call is over.');
 *   },
 * });
 * api.setupVideoCall('localVideo', 'remoteVideo', true);
 * api.call('bob');
 */
export abstract class MesiboOneToOne {
  declare readonly [internal]: Runtime;

  constructor() {
    setInternal(this, new Runtime());
  }

  /**
   * Where a video call is shown: elements or their ids. Calls that follow are video calls, unless `video` is false.
   *
   * @returns whether the elements are there; they are looked for again during the call.
   */
  setupVideoCall(local: View, remote: View, video = true): boolean {
    return this.setUp(video ? 'video' : 'voice', local, remote);
  }
  /** Where a voice call is heard. Calls that follow are voice calls. */
  setupVoiceCall(audio: View): boolean {
    return this.setUp('voice', null, audio);
  }

  /**
   * Calls a user, by video if that is what was set up last. What becomes of it Mesibo_onCallStatus tells.
   *
   * @returns MESIBO_RESULT_*
   */
  call(address: string, video?: boolean): number {
    const { client, calls } = this[internal];
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    if (!address) return MESIBO_RESULT_BADREQ;
    return calls.call(client, String(address), video ?? calls.views.kind === 'video');
  }
  /**
   * Takes the call that rings: `answer(video)`, or `answer(callid, video)` for one of several; another one that is
   * going on is held. The camera is switched on for a video call that was not set up as a voice call.
   *
   * @returns MESIBO_RESULT_*
   */
  answer(...args: [video?: boolean] | [callid: number, video?: boolean, waiting?: boolean]): number {
    const { calls } = this[internal];
    const [first = true, second = true] = args;
    const named = typeof first === 'number' ? calls.find(first) : undefined;
    const ringing = named ?? (calls.active?.isRinging() === true ? calls.active : calls.waiting);
    const video = typeof first === 'number' ? second : first;
    return calls.answer(ringing, Boolean(video)) ? MESIBO_RESULT_OK : MESIBO_RESULT_FAIL;
  }
  /**
   * Ends, takes back or declines a call; without an id the active one, with `waiting` the one that rings besides. May be
   * called at any time, as often as one likes.
   */
  hangup(callid = 0, waiting = false): number {
    const { calls } = this[internal];
    const call = callid > 0 ? calls.find(callid) : waiting ? calls.waiting : calls.active;
    call?.hangup();
    return MESIBO_RESULT_OK;
  }

  /** `(true, false, false)` mutes the sound, `(true, false, true)` unmutes it, `(false, false, true)` unmutes everything. */
  mute(audio: boolean, video: boolean, enable: boolean): boolean {
    return this.active?.mute(audio, video, enable) ?? false;
  }
  /** Returns whether the microphone is muted now. */
  toggleAudioMute(): boolean {
    return this.active?.toggleAudioMute() ?? false;
  }
  /** Returns whether the video is muted now. In a voice call the camera is switched on by it. */
  toggleVideoMute(): boolean {
    return this.active?.toggleVideoMute() ?? false;
  }
  /** MESIBO_MUTESTATUS_* of this side. */
  getMuteStatus(): number {
    return this.active?.getMuteStatus() ?? 0;
  }
  /** Nothing is sent nor played until it is taken back. */
  hold(on = true): boolean {
    return this.active?.hold(on) ?? false;
  }
  /** Keys: 0-9, A-D, * and #. */
  dtmf(digits: string | number): boolean {
    return this.active?.sendDTMF(digits) ?? false;
  }

  /** From the camera to a screen that the user chooses, and back. */
  switchSource(): boolean {
    return this.active?.switchSource() ?? false;
  }
  /** To the next camera. */
  switchCamera(): boolean {
    return this.active?.switchCamera() ?? false;
  }
  /** @param source MESIBOCALL_VIDEOSOURCE_* @param index which of the cameras that are meant */
  setVideoSource(source: number, index = 0): boolean {
    return this.active?.setVideoSource(source, index) ?? false;
  }
  /** An element or its id, for the own video or that of the other side; before a call or during it. */
  setVideoView(view: View, remote: boolean): boolean {
    this[internal].calls.setView(view, remote);
    return true;
  }

  /** 0 when there is no call. */
  getCallId(): number {
    return this.active?.callid ?? 0;
  }
  /** A second call rings while there is one, instead of being told that the user is busy. */
  enableCallWaiting(on: boolean): void {
    this[internal].enableCallWaiting(on);
  }
  /** Whether a second call rings. */
  isCallWaiting(): boolean {
    return this[internal].calls.waiting !== undefined;
  }
  getActiveCall(): ActiveCall | null {
    return this.active ?? null;
  }
  getActiveP2PCall(): ActiveCall | null {
    return this.active ?? null;
  }
  getActiveGroupCall(): null {
    return null;
  }

  private get active(): ActiveCall | undefined {
    return this[internal].calls.active;
  }

  private setUp(kind: 'voice' | 'video', local: View, remote: View): boolean {
    const { calls } = this[internal];
    const areThere = calls.views.set(kind, local, remote);
    calls.show();
    return areThere;
  }
}
