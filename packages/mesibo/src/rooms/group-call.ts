import type { Context } from '../context.ts';
import { internal, setInternal } from '../internal.ts';
import { GroupCallAdmin } from './group-call-admin.ts';
import { GroupCallCore } from './group-call-core.ts';
import type { MesiboParticipant } from './room-participant.ts';
import { type MesiboParticipantSortParams, ordered, tilesIn } from './sort-streams.ts';

/** Knows the views of an application. */
export interface ParticipantSortListener<View> {
  ParticipantSort_onGetParticipant(view: View): MesiboParticipant;
  ParticipantSort_onSetCoordinates(
    view: View,
    position: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void;
}

/**
 * The call of a group, which any number of its members join: what groupCall() and initGroupCall() return.
 *
 * @example
 * const live = api.groupCall(listener, gid);
 * live.join({ MesiboGroupcall_OnPublisher(p, joined) { if (joined) p.call(true, true, listener); } });
 * live.createPublisher(0).call(true, true, listener);
 */
export class MesiboGroupCall {
  declare readonly [internal]: GroupCallCore;

  constructor(context: Context, gid: number) {
    setInternal(this, new GroupCallCore(this, context, gid));
  }

  /** Joins as soon as there is a connection. `admin`: asked what others want of this device. */
  join(listener?: object | null, admin?: object | null): boolean {
    return this[internal].join(listener, admin);
  }
  /** Leaves: nothing is published nor sent any more. */
  leave(): void {
    this[internal].leave();
  }
  /** v1: joins the room of this group. */
  setRoom(gid: number): boolean {
    return this[internal].setRoom(Number(gid));
  }

  /** A stream to publish: 0 for the camera, another number for each screen. The same number is the same object. */
  createPublisher(sid = 0): MesiboParticipant {
    return this[internal].publisher(Number(sid), Number(sid) !== 0);
  }
  /** v1: `(name, address)` or `(sid, name, address)`. */
  getLocalParticipant(...args: readonly [unknown, unknown, unknown?]): MesiboParticipant {
    const [sid, name] = args.length > 2 ? args : [0, args[0]];
    const publisher = this[internal].publisher(Number(sid) || 0, false);
    if (typeof name === 'string' && name !== '') publisher.setName(name);
    return publisher;
  }

  /** Whether the user controls the room; `hangup`: whether he may remove others from it. */
  hasAdminPermissions(hangup = false): boolean {
    return this[internal].may(hangup ? 'hangup' : 'control');
  }
  /** Null for those who may not. */
  getAdmin(): GroupCallAdmin | null {
    return this.hasAdminPermissions(false) || this.hasAdminPermissions(true)
      ? new GroupCallAdmin(this)
      : null;
  }
  /** What others publish. */
  getParticipants(): MesiboParticipant[] {
    return this[internal].publishers();
  }

  /**
   * Orders views, of which `listener` says whose they are, and says where in an area of this size the ones from `start` on,
   * at the most `size`, are to be: both in its callbacks. Returns those in their order.
   */
  sortStreams<View>(
    listener: ParticipantSortListener<View>,
    views: readonly View[],
    width: number,
    height: number,
    start = 0,
    size = 16,
    params?: MesiboParticipantSortParams | null,
  ): View[] {
    const given = params ?? {};
    const all = ordered(views, (view) => listener.ParticipantSort_onGetParticipant(view), given);
    const shown = all.slice(start, start + size);
    for (const [index, tile] of tilesIn({ width, height }, shown.length, given).entries()) {
      const view = shown[index];
      if (view === undefined) break;
      listener.ParticipantSort_onSetCoordinates(view, start + index, tile.x, tile.y, tile.width, tile.height);
    }
    return shown;
  }

  /** The browser chooses. */
  setAudioDevice(_device: number, _enable = true): boolean {
    return false;
  }
  /** There are no sounds but those of the participants. */
  playInCallSound(): boolean {
    return false;
  }
  stopInCallSound(): boolean {
    return false;
  }
}
