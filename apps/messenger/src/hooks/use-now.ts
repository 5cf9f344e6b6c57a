import { useLive } from './live.ts';
import { useWorkspace } from './use-workspace.tsx';

/** The server's time, for what is said about days: renders again when another day begins. */
export function useNow(): number {
  const { client, today } = useWorkspace();
  useLive(today);
  return client.serverTime();
}
