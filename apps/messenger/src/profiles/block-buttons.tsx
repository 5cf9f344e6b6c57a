import type { BlockedParts } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { changeBlock } from './blocking.ts';
import styles from './profiles.module.css';

/** Keeps away what somebody says to this user, or in groups in which both are; he is not told. */
export function BlockButtons({ address }: { address: string }) {
  const { client } = useWorkspace();
  const [parts, setParts] = useState<Partial<BlockedParts>>();
  const { attempt, busy, failure } = useAttempt();

  useEffect(() => {
    const look = (): void => {
      void attempt(async () => setParts((await client.blockedParts(address)) ?? {}));
    };
    look();
    return client.on('blocked', (changed) => {
      if (changed === address) look();
    });
  }, [client, address, attempt]);

  const change = (to: Parameters<typeof changeBlock>[2]): void =>
    void attempt(async () => {
      await changeBlock(client, address, to);
      setParts((await client.blockedParts(address)) ?? {});
    });
  const [messages, groups] = [parts?.messages === true, parts?.groups === true];
  return (
    <>
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
      <div className={styles.blocking}>
        <button
          type="button"
          className={controls.quiet}
          disabled={busy || parts === undefined}
          onClick={() => change({ messages: !messages })}
        >
          {messages ? 'Unblock' : 'Block'}
        </button>
        <button
          type="button"
          className={controls.quiet}
          disabled={busy || parts === undefined}
          onClick={() => change({ groups: !groups })}
        >
          {groups ? 'Show in groups again' : 'Hide in groups'}
        </button>
      </div>
    </>
  );
}
