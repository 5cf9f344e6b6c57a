/** Where devices are woken that are not connected. */

export interface PushRegistration {
  readonly uid: number;
  readonly dev: number;
  /** `web-push`, or the name of another provider. */
  readonly provider: string;
  /** Address of the push service, or the provider's token. A secret: who knows it can send there. */
  readonly target: string;
  /** Keys of the receiver in Web Push, in base64url; null for other providers. */
  readonly keys: { readonly p256dh: string; readonly auth: string } | null;
  /** A second token of the device, for calls alone; null when it has none. A secret, too. */
  readonly voip: string | null;
  readonly createdAt: number;
}

/** One registration for each device at the most. It goes with its device, when the device is signed out, and with its token. */
export interface PushStore {
  /**
   * Sets the device's registration. Another device that had this target loses it: there is another user now. False, and
   * nothing is changed, when the user has no such device, or its token was removed.
   */
  register(registration: PushRegistration): Promise<boolean>;
  /** With a `target` only if the device still has this one. False when there was nothing to remove. */
  unregister(uid: number, dev: number, target?: string): Promise<boolean>;
  /** Of these users' devices, but for those that have ended. */
  list(uids: readonly number[]): Promise<PushRegistration[]>;
  /** Whether there is any registration. */
  any(): Promise<boolean>;
  /**
   * Messages of others, in all conversations, that the user has not read and that are not gone; counted up to about
   * `limit`.
   *
   * @param muted conversations that are left out: `u:` with the address of the other one, `g:` with the gid
   */
  unread(uid: number, limit: number, muted?: readonly string[]): Promise<number>;
}

/**
 * Going over the log in search of devices to be woken. One node does it for all of them, so that a device is woken once;
 * another one takes over when it is gone, and goes on where it was.
 */
export interface PushSweepStore {
  /**
   * Has the sweep until `until`, if nobody else has it now; renews it for the one who has it. Resolves to the message up
   * to which the log was gone over, or to undefined when another one has it.
   */
  hold(sweep: {
    readonly node: string;
    readonly now: number;
    readonly until: number;
  }): Promise<number | undefined>;
  /** Notes how far it has come. False, and nothing is changed, when another one has the sweep. */
  move(sweep: { readonly node: string; readonly mid: number; readonly until: number }): Promise<boolean>;
  /** Id of the newest message; 0 when there is none. */
  newest(): Promise<number>;
  /** Entries of all logs with a larger id, in the order of their ids. */
  entries(after: number, limit: number): Promise<{ mid: number; conv: number; ts: number }[]>;
  /** Who has a registration and not all that is in these conversations, in any order; whether he may read it was not asked. */
  awaiting(convs: readonly number[]): Promise<{ uid: number; conv: number }[]>;
}
