import { MESIBO_CALLSTATUS_NOCALLS } from './constants/call.ts';
import { MESIBO_GROUPERROR_GENERAL } from './constants/group.ts';
import { MESIBO_RESULT_FAIL, MESIBO_RESULT_OK } from './constants/result.ts';
import { internal, setInternal } from './internal.ts';
import { invoke } from './listeners.ts';
import { MesiboProfile } from './profiles/profile.ts';
import { randomId } from './random-id.ts';
import { Runtime } from './runtime.ts';
import { unsupported } from './unsupported.ts';

/**
 * Calls and groups, which the server cannot do yet. What applications call in the course of a chat answers that
 * there is no call; starting one ends at once with MESIBO_CALLSTATUS_NOCALLS, which user interfaces show.
 */
export abstract class MesiboCalls {
  declare readonly [internal]: Runtime;

  constructor() {
    setInternal(this, new Runtime());
  }

  setupVideoCall(_localId: string, _remoteId: string, _video = true): boolean {
    return false;
  }
  setupVoiceCall(_audioId: string): boolean {
    return false;
  }
  call(_address: string, video = false): number {
    queueMicrotask(() => {
      this[internal].listeners.notify('CallStatus', randomId(), MESIBO_CALLSTATUS_NOCALLS, video);
    });
    return unsupported(this[internal], 'Calling');
  }
  answer(..._args: unknown[]): number {
    return MESIBO_RESULT_FAIL;
  }
  /** There is no call to end: may be called at any time, as often as one likes. */
  hangup(_callId = 0): number {
    return MESIBO_RESULT_OK;
  }
  mute(_audio: boolean, _video: boolean, _enable: boolean): boolean {
    return false;
  }
  toggleAudioMute(): boolean {
    return false;
  }
  toggleVideoMute(): boolean {
    return false;
  }
  getMuteStatus(): number {
    return 0;
  }
  isCallWaiting(): boolean {
    return false;
  }
  getActiveCall(): null {
    return null;
  }

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
