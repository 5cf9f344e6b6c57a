import { useMemo, useSyncExternalStore } from 'react';

/** What lets somebody into a group. */
export interface Invitation {
  readonly gid: number;
  readonly pin: number;
}

/** `<number of the group>-<PIN>`. */
export function parseInvitation(text: string): Invitation | undefined {
  const [, gid, pin] = /^\s*(\d{1,10})\s*-\s*(\d{1,10})\s*$/.exec(text) ?? [];
  return gid === undefined || pin === undefined ? undefined : { gid: Number(gid), pin: Number(pin) };
}

export const codeOf = ({ gid, pin }: Invitation): string => `${gid}-${pin}`;

/** Link by which the messenger joins. What is behind the `#` is sent to no server. */
export function inviteLink(invitation: Invitation, page: string): string {
  const url = new URL(page);
  url.hash = `/join/${codeOf(invitation)}`;
  return url.href;
}

export function invitationOf(hash: string): Invitation | undefined {
  const [, code] = /^#\/join\/([0-9-]+)$/.exec(hash) ?? [];
  return code === undefined ? undefined : parseInvitation(code);
}

/** That of the link which is open. */
export function useInvitation(): Invitation | undefined {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => invitationOf(hash), [hash]);
}

export function leaveInvitation(): void {
  window.location.hash = '#/';
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
