import { MesiboOneToOne } from './calls/mesibo-one-to-one.ts';
import type { MesiboGroupSettings } from './groups/group-objects.ts';
import { internal } from './internal.ts';
import { unsupported } from './unsupported.ts';

/** Groups, and group calls, which the server cannot do yet. */
export abstract class MesiboCalls extends MesiboOneToOne {
  groupCall(_listener?: object, _gid?: number): null {
    unsupported(this[internal], 'A group call');
    return null;
  }
  initGroupCall(): null {
    return this.groupCall();
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
