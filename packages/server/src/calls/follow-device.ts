import type { Bus, Subscription } from '@stoa/bus';
import { subjects, type UserEvent } from '../events.ts';

export interface FollowDeviceOptions {
  readonly bus: Bus;
  /** The token with which a device has signed in last. */
  readonly tokenOf: (uid: number, dev: number) => Promise<number | undefined>;
  readonly onError: (error: unknown) => void;
}

/** Calls back when a device may not be in calls any more: its user was suspended, or the device signed out. */
export function followDevice(
  { bus, tokenOf, onError }: FollowDeviceOptions,
  { uid, dev }: { readonly uid: number; readonly dev: number },
  onSignedOut: () => void,
): Promise<Subscription> {
  return bus.subscribe(subjects.user(uid), (given) => {
    const event = given as UserEvent;
    if (event.type === 'device-ended' && event.dev === dev) onSignedOut();
    if (event.type !== 'end-sessions') return;
    const { tokenId } = event;
    if (tokenId === undefined) return onSignedOut();
    // Which device's it was is known where devices sign in, which may be another node.
    tokenOf(uid, dev).then(
      (own) => {
        if (own === tokenId) onSignedOut();
      },
      (error: unknown) => {
        onError(error);
        // It may have been this one's, and nobody will say so again.
        onSignedOut();
      },
    );
  });
}
