import type { PresenceEvent } from '@stoa/client';
import {
  MESIBO_PRESENCE_OFFLINE,
  MESIBO_PRESENCE_REQUEST,
  MESIBO_PRESENCE_TYPINGCLEARED,
} from '../constants/presence.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import { MesiboPresence } from './presence.ts';

/** Brings profiles up to date with presence events and tells the application. */
export class PresenceReports {
  private readonly context: Context;
  /** When typing ends by itself, user interfaces draw that only if they are told: one timer for each who types. */
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(context: Context) {
    this.context = context;
  }

  apply(event: PresenceEvent): void {
    const { presence } = this.context.profiles.user(event.from)[internal];
    const typingMs = presence.apply(event, Date.now());
    if (typingMs !== undefined) this.endTypingAfter(typingMs, event);
    this.report(event);
  }

  /** The connection is gone. */
  forget(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.context.profiles.forgetPresence();
  }

  private endTypingAfter(ms: number, event: PresenceEvent): void {
    const gid = event.gid ?? 0;
    const key = `${gid} ${event.from}`;
    clearTimeout(this.timers.get(key));
    const timer = setTimeout(() => {
      this.timers.delete(key);
      const { presence } = this.context.profiles.user(event.from)[internal];
      // A message, or the sender himself, may have ended it before.
      if (presence.hasTyped(gid)) this.apply({ ...event, value: MESIBO_PRESENCE_TYPINGCLEARED, interval: 0 });
    }, ms);
    this.timers.set(key, timer);
  }

  private report(event: PresenceEvent): void {
    const { listeners, profiles } = this.context;
    const group = event.gid === undefined ? null : profiles.group(event.gid);
    const interval = event.interval ?? 0;
    const presence = new MesiboPresence(
      this.context,
      profiles.user(event.from),
      group,
      event.value,
      interval,
    );
    if (event.value === MESIBO_PRESENCE_REQUEST) listeners.notify('PresenceRequest', presence);
    else listeners.notify('Presence', presence);
    // The v1 generation has no "offline": its 2 means "online, in reply".
    if (event.value !== MESIBO_PRESENCE_OFFLINE)
      listeners.notify('Activity', presence, event.value, interval);
  }
}
