import type { PresenceMode } from '@stoa/protocol';

/** Whether somebody is online by a session of his. */
export function isOnlineBy(
  session: { readonly inFront: boolean },
  { mode, online = true }: PresenceMode = defaultMode,
): boolean {
  switch (mode) {
    case 'login':
      return true;
    case 'foreground':
      return session.inFront;
    case 'manual':
      return online;
  }
}

const defaultMode: PresenceMode = { mode: 'foreground' };
