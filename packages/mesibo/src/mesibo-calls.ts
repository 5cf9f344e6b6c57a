import { MesiboOneToOne } from './calls/mesibo-one-to-one.ts';
import { MESIBO_GROUPERROR_GENERAL } from './constants/group.ts';
import { internal } from './internal.ts';
import { invoke } from './listeners.ts';
import { MesiboProfile } from './profiles/profile.ts';
import { unsupported } from './unsupported.ts';

/** Group calls and groups, which the server cannot do yet. */
export abstract class MesiboCalls extends MesiboOneToOne {
  groupCall(_listener?: object, _gid?: number): null {
    unsupported(this[internal], 'A group call');
    return null;
  }
  initGroupCall(): null {
    return this.groupCall();
  }

  /** `(name, flags, listener)` or `(settings, listener)`: reports Mesibo_onGroupError. */
  createGroup(settings: string | { readonly name?: string }, ...rest: readonly unknown[]): number {
    const { listeners, profiles } = this[internal];
    // A group that does not exist must not turn up among the profiles.
    const profile = new MesiboProfile(this[internal], profiles, '', 0);
    profile.setTemporaryName(typeof settings === 'string' ? settings : (settings.name ?? ''));
    const listener = rest.at(-1);
    queueMicrotask(() => {
      if (typeof listener === 'object' && listener !== null && !listeners.includes(listener)) {
        invoke(listener, 'GroupError', [profile, MESIBO_GROUPERROR_GENERAL]);
      }
      listeners.notify('GroupError', profile, MESIBO_GROUPERROR_GENERAL);
    });
    return unsupported(this[internal], 'Creating a group');
  }
}
