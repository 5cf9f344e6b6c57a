import type { CallDevice, Client } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';

/** Microphones, cameras and speakers, as they come and go. */
export function useMediaDevices(): readonly CallDevice[] {
  return useOfDevices(listDevices) ?? [];
}

/** Whether there is a microphone; undefined while that is not known. */
export function useHasMicrophone(): boolean | undefined {
  return useOfDevices(listKinds)?.has('microphone');
}

const listDevices = ({ calls }: Client): Promise<readonly CallDevice[]> => calls.devices();
const listKinds = ({ calls }: Client): Promise<ReadonlySet<CallDevice['kind']>> => calls.kinds();

function useOfDevices<Value>(ask: (client: Client) => Promise<Value>): Value | undefined {
  const { client } = useWorkspace();
  const [value, setValue] = useState<Value>();
  useEffect(() => {
    let isShown = true;
    // A page that does not come over HTTPS may not ask: then nothing is known.
    const load = (): void => {
      ask(client).then(
        (found) => isShown && setValue(found),
        () => {},
      );
    };
    load();
    const stop = client.calls.onDevices(load);
    return () => {
      isShown = false;
      stop();
    };
  }, [client, ask]);
  return value;
}
