import { internal, setInternal } from '../internal.ts';
import type { MesiboParticipant } from './room-participant.ts';

/** What those who control a room may do with a participant. Functions are true when it was asked of the server. */
export class MesiboParticipantAdmin {
  declare readonly [internal]: { readonly participant: MesiboParticipant };

  constructor(participant: MesiboParticipant) {
    setInternal(this, { participant });
  }

  /** `enable` false mutes what is named, for everybody; true asks the participant to unmute himself. */
  mute(audio: boolean, video: boolean, enable: boolean): boolean {
    return this.state.admin((room) => room.admin.mute(this.who, { on: !enable, audio, video }));
  }
  toggleAudioMute(): boolean {
    return this.mute(true, false, this[internal].participant.getMuteStatus(false));
  }
  toggleVideoMute(): boolean {
    return this.mute(false, true, this[internal].participant.getMuteStatus(true));
  }
  hangup(): boolean {
    return this.state.admin((room) => room.admin.hangup(this.who));
  }
  /** Asks the participant to publish. */
  publish(sid: number, source: number, _index = 0, audio = true, video = true): boolean {
    const ask = { what: 'publish', sid, source: source === 4 ? 'screen' : 'camera', audio, video } as const;
    return this.state.admin((room) => room.admin.ask(this.who, ask));
  }
  /** Asks the participant to subscribe to somebody. */
  subscribe(to: MesiboParticipant, audio = true, video = true): boolean {
    const of = to[internal].call[internal].placeOf(to);
    if (of === undefined) return false;
    return this.state.admin((room) => room.admin.ask(this.who, { what: 'subscribe', of, audio, video }));
  }

  private get state() {
    return this[internal].participant[internal].call[internal];
  }

  private get who() {
    const { participant } = this[internal];
    const place = this.state.placeOf(participant);
    return [place ?? { user: participant.getAddress() }];
  }
}
