import type { ConnectionStatus } from '@stoa/client';
import { useCallback, useSyncExternalStore } from 'react';
import { useWorkspace } from './use-workspace.tsx';

/** The state of the connection. */
export function useStatus(): ConnectionStatus {
  const { client } = useWorkspace();
  const subscribe = useCallback((listener: () => void) => client.on('status', listener), [client]);
  return useSyncExternalStore(subscribe, () => client.status);
}
