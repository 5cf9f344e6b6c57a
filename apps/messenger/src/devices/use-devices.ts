import type { OperationResponse } from '@stoa/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';

export type Device = OperationResponse<'devices.list'>['devices'][number];

export interface Devices {
  /** Undefined until the server has answered. */
  readonly devices: readonly Device[] | undefined;
  /** Why the last attempt to read or change something failed; empty when it did not. */
  readonly failure: string;
  load(): Promise<void>;
  signOut(device: Device): Promise<void>;
}

/** The user's devices, as the server knows them when this is mounted and after each change. */
export function useDevices(): Devices {
  const { client } = useWorkspace();
  const [devices, setDevices] = useState<readonly Device[]>();
  const { attempt, failure } = useAttempt();

  const list = useCallback(async (): Promise<void> => {
    setDevices((await client.request('devices.list', {})).devices);
  }, [client]);

  const load = useCallback(() => attempt(list), [attempt, list]);

  const signOut = useCallback(
    ({ dev }: Device) =>
      attempt(async () => {
        await client.request('devices.signOut', { dev });
        await list();
      }),
    [attempt, client, list],
  );

  useEffect(() => void load(), [load]);

  return { devices, failure, load, signOut };
}
