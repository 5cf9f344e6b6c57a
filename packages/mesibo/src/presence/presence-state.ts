import type { PresenceEvent } from '@stoa/client';
import { presenceValues } from '@stoa/protocol';

/** Seconds after which typing counts as ended when the sender did not say. */
const typingSeconds = 10;

/** What is known of one user's presence. Asked on every digest, so it is kept ready. */
export class PresenceState {
  private online = false;
  private seen: number | undefined;
  /** Ends of typing in milliseconds since 1970, by group; 0 is the conversation between the two. */
  private readonly typingUntil = new Map<number, number>();
  /** Conversations that the user has open, by group. */
  private readonly joined = new Set<number>();

  /** @returns milliseconds after which it changes by itself (typing ends); undefined when it does not. */
  apply(event: PresenceEvent, now: number): number | undefined {
    const gid = event.gid ?? 0;
    switch (event.value) {
      case presenceValues.offline:
        this.online = false;
        this.seen = event.seen ?? now;
        this.typingUntil.clear();
        this.joined.clear();
        return undefined;
      case presenceValues.online:
        this.online = true;
        return undefined;
      case presenceValues.typing: {
        const ms = (event.interval || typingSeconds) * 1000;
        this.online = true;
        this.typingUntil.set(gid, now + ms);
        return ms;
      }
      case presenceValues.typingCleared:
        this.typingUntil.delete(gid);
        return undefined;
      case presenceValues.joined:
        this.online = true;
        this.joined.add(gid);
        return undefined;
      case presenceValues.left:
        this.joined.delete(gid);
        this.typingUntil.delete(gid);
        return undefined;
    }
    return undefined;
  }

  /** Without a connection nothing is known but when the user was last seen. */
  forget(): void {
    this.online = false;
    this.typingUntil.clear();
    this.joined.clear();
  }

  /** A message ends typing: it is what was being typed. */
  messageArrived(gid: number): void {
    this.typingUntil.delete(gid);
  }

  isOnline(): boolean {
    return this.online;
  }
  /** Typing was told of and not ended, whether its time is over or not. */
  hasTyped(gid: number): boolean {
    return this.typingUntil.has(gid);
  }
  isTyping(gid: number, now: number): boolean {
    return (this.typingUntil.get(gid) ?? 0) > now;
  }
  isChatting(gid: number): boolean {
    return this.joined.has(gid);
  }
  /** Milliseconds since 1970; `now` while online; undefined when not known. */
  lastSeen(now: number): number | undefined {
    return this.online ? now : this.seen;
  }
}
