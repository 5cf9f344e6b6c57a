import type { Target } from '@stoa/client';
import { limits } from '@stoa/protocol';
import {
  MESIBO_PRESENCE_JOINED,
  MESIBO_PRESENCE_LEFT,
  MESIBO_PRESENCE_OFFLINE,
  MESIBO_PRESENCE_ONLINE,
  MESIBO_PRESENCE_REQUEST,
  MESIBO_PRESENCE_TYPING,
  MESIBO_PRESENCE_TYPINGCLEARED,
} from '../constants/presence.ts';
import { MESIBO_RESULT_AUTHFAIL, MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from '../constants/result.ts';
import type { Context } from '../context.ts';
import { internal, setInternal } from '../internal.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import { resultOf } from '../result.ts';

/**
 * Something that is true for a moment: received by Mesibo_onPresence, or made by profile.newPresence() and sent.
 *
 * @example
 * api.getProfile('bob', 0).newPresence().sendTyping();
 */
export class MesiboPresence {
  declare readonly [internal]: { readonly context: Context };

  readonly peer: string;
  readonly groupid: number;
  /** The user whose presence it is; when sending, the receiver. */
  readonly profile: MesiboProfile;
  readonly groupProfile: MesiboProfile | null;
  /** MESIBO_PRESENCE_*, or a value of the application. */
  presence: number;
  value: number;
  /** Seconds for which it is valid; 0: until something else comes. */
  interval: number;
  readonly ts = Date.now();

  constructor(
    context: Context,
    profile: MesiboProfile,
    groupProfile: MesiboProfile | null,
    presence: number,
    interval: number,
  ) {
    setInternal(this, { context });
    this.peer = profile.isGroup() ? '' : profile.getAddress();
    this.groupid = groupProfile?.getGroupId() ?? 0;
    this.profile = profile;
    this.groupProfile = groupProfile;
    this.presence = presence;
    this.value = presence;
    this.interval = interval;
  }

  /**
   * Sends it to the peer or group; it reaches only who is online now.
   *
   * @param interval seconds for which it is valid.
   * @returns MESIBO_RESULT_*.
   */
  send(presence = this.presence, _value = 0, interval = this.interval): number {
    const { client } = this[internal].context;
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    if (!Number.isInteger(presence) || presence < 0) return MESIBO_RESULT_BADREQ;
    const target: Target = this.groupid > 0 ? { gid: this.groupid } : { peer: this.peer };
    try {
      if (presence === MESIBO_PRESENCE_TYPING && interval === 0) client.sendTyping(target);
      else if (interval === 0) client.sendPresence(target, presence);
      else client.sendPresence(target, presence, Math.min(interval, limits.presenceSeconds));
      return MESIBO_RESULT_OK;
    } catch (error) {
      return resultOf(error);
    }
  }

  sendTyping(): number {
    return this.send(MESIBO_PRESENCE_TYPING);
  }
  sendTypingCleared(): number {
    return this.send(MESIBO_PRESENCE_TYPINGCLEARED);
  }
  sendJoined(): number {
    return this.send(MESIBO_PRESENCE_JOINED);
  }
  sendLeft(): number {
    return this.send(MESIBO_PRESENCE_LEFT);
  }
  sendOnline(): number {
    return this.send(MESIBO_PRESENCE_ONLINE);
  }
  sendOffline(): number {
    return this.send(MESIBO_PRESENCE_OFFLINE);
  }
  sendRequest(): number {
    return this.send(MESIBO_PRESENCE_REQUEST);
  }

  isRequest(): boolean {
    return this.presence === MESIBO_PRESENCE_REQUEST;
  }
  isOnline(): boolean {
    return this.presence === MESIBO_PRESENCE_ONLINE;
  }
  isOffline(): boolean {
    return this.presence === MESIBO_PRESENCE_OFFLINE;
  }
  isTyping(): boolean {
    return this.presence === MESIBO_PRESENCE_TYPING;
  }
  isTypingCleared(): boolean {
    return this.presence === MESIBO_PRESENCE_TYPINGCLEARED;
  }
  isChatting(): boolean {
    return this.hasJoined() || this.isTyping();
  }
  hasJoined(): boolean {
    return this.presence === MESIBO_PRESENCE_JOINED;
  }
  hasLeft(): boolean {
    return this.presence === MESIBO_PRESENCE_LEFT;
  }

  /** What applications ask of any message. */
  isPresence(): boolean {
    return true;
  }
  isMessage(): boolean {
    return false;
  }
  isIncoming(): boolean {
    return true;
  }
  isOutgoing(): boolean {
    return false;
  }
  isRealtimeMessage(): boolean {
    return true;
  }
  isGroupMessage(): boolean {
    return this.groupid > 0;
  }
  getPresence(): number {
    return this.presence;
  }
  getProfile(): MesiboProfile {
    return this.profile;
  }
  getSenderProfile(): MesiboProfile {
    return this.profile;
  }
  getGroupProfile(): MesiboProfile | null {
    return this.groupProfile;
  }
}
