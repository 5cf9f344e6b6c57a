import { MesiboOneToOne } from './calls/mesibo-one-to-one.ts';
import type { MesiboGroupSettings } from './groups/group-objects.ts';
import { internal } from './internal.ts';
import { MesiboGroupCall } from './rooms/index.ts';

/** Groups, and their calls. */
export abstract class MesiboCalls extends MesiboOneToOne {
  /**
   * The call of a group, to be joined with `join()`: the same object each time, so that an application that asks anew
   * keeps its streams. Null without a group. May be called before there is a connection.
   */
  groupCall(listener?: object | null, gid: number | string = 0): MesiboGroupCall | null {
    const { groupCalls } = this[internal];
    const id = Number(gid);
    if (!(id > 0)) return null;
    // By what it is the call of now: setRoom() changes that.
    const known = [...groupCalls].find((each) => each[internal].gid === id);
    const call = known ?? new MesiboGroupCall(this[internal], id);
    groupCalls.add(call);
    call[internal].hear(listener);
    return call;
  }
  /** v1: the group is named by `setRoom()`. */
  initGroupCall(): MesiboGroupCall {
    return new MesiboGroupCall(this[internal], 0);
  }

  /**
   * `(name, flags, listener)` or `(settings, listener)`: Mesibo_onGroupCreated, or Mesibo_onGroupError. The listener may be
   * a function, which gets the profile of the new group.
   */
  createGroup(settings: string | MesiboGroupSettings, ...rest: readonly unknown[]): number {
    const listener = rest.find(
      (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
    );
    const flags = typeof rest[0] === 'number' ? { flags: rest[0] } : {};
    const given = typeof settings === 'string' ? { name: settings, ...flags } : settings;
    return this[internal].groups.create(given, listener);
  }
}
