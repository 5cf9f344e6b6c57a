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
  readonly createdAt: number;
}

/** One registration for each device at the most. It goes with its device, and when the device is signed out. */
export interface PushStore {
  /**
   * Sets the device's registration. Another device that had this target loses it: there is another user now. False, and
   * nothing is changed, when the user has no such device.
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
   */
  unread(uid: number, limit: number): Promise<number>;
}
