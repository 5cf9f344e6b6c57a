import {
  MESIBO_CALLSTATUS_CHANNELUP,
  MESIBO_CALLSTATUS_COMPLETE,
  MESIBO_CALLSTATUS_MUTE,
  MESIBO_CALLSTATUS_QUALITY,
  MESIBO_CALLSTATUS_RECONNECTING,
  MESIBO_CALLSTATUS_UNMUTE,
} from '../constants/call.ts';
import { internal } from '../internal.ts';
import { callOn, guarded } from '../listeners.ts';
import type { CallQuality, MesiboParticipant } from './room-participant.ts';

/** Tells the application what becomes of a participant: by its own listener, else that of the group call. */
export class ParticipantNews {
  private readonly listenerOfCall: () => object | undefined;

  constructor(listenerOfCall: () => object | undefined) {
    this.listenerOfCall = listenerOfCall;
  }

  connected(participant: MesiboParticipant, isConnected: boolean): void {
    const state = participant[internal];
    if (state.isConnected === isConnected) return;
    state.isConnected = isConnected;
    this.tell(participant, 'OnConnected', [participant, isConnected]);
    const isFirst = isConnected && !participant.isLocal();
    if (isFirst && state.onStream !== undefined) guarded(state.onStream as never, undefined, [participant]);
    this.tellStatus(
      participant,
      isConnected ? MESIBO_CALLSTATUS_CHANNELUP : MESIBO_CALLSTATUS_RECONNECTING,
      true,
    );
  }

  hungUp(participant: MesiboParticipant, reason: number, isVideo = participant.isVideoCall()): void {
    participant[internal].isConnected = false;
    this.tell(participant, 'OnHangup', [participant, reason]);
    this.tellStatus(participant, MESIBO_CALLSTATUS_COMPLETE, isVideo);
  }

  tellMute(participant: MesiboParticipant, audioMuted: boolean, videoMuted: boolean, remote: boolean): void {
    const state = participant[internal];
    const before = state.told;
    if (before.audioMuted === audioMuted && before.videoMuted === videoMuted) return;
    state.told = { ...before, audioMuted, videoMuted };
    this.tell(participant, 'OnMute', [participant, audioMuted, videoMuted, remote]);
    const status = (muted: boolean) => (muted ? MESIBO_CALLSTATUS_MUTE : MESIBO_CALLSTATUS_UNMUTE);
    if (before.audioMuted !== audioMuted) this.tellStatus(participant, status(audioMuted), false);
    if (before.videoMuted !== videoMuted) this.tellStatus(participant, status(videoMuted), true);
  }

  tellTalking(participant: MesiboParticipant, talking: boolean): void {
    const state = participant[internal];
    if (state.told.talking === talking) return;
    state.told = { ...state.told, talking };
    if (talking) state.talkedAt = Date.now();
    this.tell(participant, 'OnTalking', [participant, talking]);
  }

  tellVideo(participant: MesiboParticipant): void {
    if (!participant.hasVideo()) return;
    this.tell(participant, 'OnVideo', [
      participant,
      participant.getAspectRatio(),
      participant.isVideoLandscape(),
    ]);
  }

  /** How good the way is on which it is sent. */
  tellQuality(participant: MesiboParticipant, quality: CallQuality): void {
    const state = participant[internal];
    if (state.quality.level === quality.level) return;
    state.quality = quality;
    this.tellStatus(participant, MESIBO_CALLSTATUS_QUALITY, participant.isVideoCall());
  }

  tellStatus(participant: MesiboParticipant, status: number, video: boolean): void {
    const { onStatus, quality } = participant[internal];
    if (onStatus !== undefined) guarded(onStatus as never, undefined, [participant, status, video, quality]);
  }

  tell(participant: MesiboParticipant, name: string, args: readonly unknown[]): void {
    const { listener } = participant[internal];
    const callback = `MesiboGroupcall_${name}`;
    const isOwn = listener !== undefined && typeof Reflect.get(listener, callback) === 'function';
    callOn(isOwn ? listener : this.listenerOfCall(), callback, args);
  }
}
