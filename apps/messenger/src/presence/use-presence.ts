import { useEffect, useSyncExternalStore } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { UserPresence } from './presence-board.ts';

/** Whether a user is online or typing; kept up to date while the component is mounted. */
export function usePresence(address: string | undefined): UserPresence {
  const { presence } = useWorkspace();
  useEffect(() => (address === undefined ? undefined : presence.watch(address)), [presence, address]);
  return useSyncExternalStore(presence.subscribe, () => presence.of(address));
}
