import type { PresenceMode } from '@stoa/protocol';

export type PresenceChoice = 'front' | 'signedIn' | 'invisible' | 'always';

/** When others see the user online, as he chooses it; `always` is for who has chosen it elsewhere. */
export const presenceModes: Readonly<Record<PresenceChoice, PresenceMode>> = {
  front: { mode: 'foreground' },
  signedIn: { mode: 'login' },
  invisible: { mode: 'manual', online: false },
  always: { mode: 'manual', online: true },
};

export const presenceChoices: readonly (readonly [PresenceChoice, string])[] = [
  ['front', 'While the messenger is in front'],
  ['signedIn', 'While you are signed in'],
  ['invisible', 'Never: offline for everybody'],
  ['always', 'Always'],
];

export function presenceChoiceOf(presence: PresenceMode = { mode: 'foreground' }): PresenceChoice {
  if (presence.mode === 'foreground') return 'front';
  if (presence.mode === 'login') return 'signedIn';
  return presence.online === false ? 'invisible' : 'always';
}
