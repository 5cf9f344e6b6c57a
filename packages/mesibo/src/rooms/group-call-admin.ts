import { internal, setInternal } from '../internal.ts';
import type { MesiboGroupCall } from './group-call.ts';
import type { MesiboParticipant } from './room-participant.ts';

/** What those who control a room may do with several, or with all others. */
export class GroupCallAdmin {
  declare readonly [internal]: { readonly call: MesiboGroupCall };

  constructor(call: MesiboGroupCall) {
    setInternal(this, { call });
  }

  /** `enable` false mutes what is named, for everybody; true asks them to unmute themselves. */
  mute(participants: readonly MesiboParticipant[], audio: boolean, video: boolean, enable: boolean): boolean {
    return this.core.admin((room) =>
      room.admin.mute(this.places(participants), { on: !enable, audio, video }),
    );
  }
  muteAll(audio: boolean, video: boolean, enable: boolean): boolean {
    return this.core.admin((room) => room.admin.mute(undefined, { on: !enable, audio, video }));
  }
  hangup(participants: readonly MesiboParticipant[]): boolean {
    return this.core.admin((room) => room.admin.hangup(this.places(participants)));
  }
  hangupAll(): boolean {
    return this.core.admin((room) => room.admin.hangup());
  }
  /** Asks all to show this one large. */
  fullscreen(participant: MesiboParticipant): boolean {
    const of = this.core.placeOf(participant);
    if (of === undefined) return false;
    return this.core.admin((room) => room.admin.ask(undefined, { what: 'fullscreen', of }));
  }

  private get core() {
    return this[internal].call[internal];
  }

  private places(participants: readonly MesiboParticipant[]) {
    return participants.flatMap((participant) => this.core.placeOf(participant) ?? []);
  }
}
