import { conversationId, type LocalMessage, type Target } from '@stoa/client';
import { Pin } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { contentSummary } from '../ui/content-summary.ts';
import styles from './pinned-messages.module.css';

/** What is pinned in a chat, the latest first; leads to the messages. */
export function PinnedMessages({ target, onJump }: { target: Target; onJump: (mid: number) => void }) {
  const pinned = usePinned(target);
  if (pinned.length === 0) return null;
  return (
    <ul className={styles.list} aria-label="Pinned messages">
      {pinned.toReversed().map((message) => (
        <li key={message.mid}>
          <button type="button" className={styles.pinned} onClick={() => onJump(message.mid)}>
            <Pin size={16} aria-hidden />
            <span dir="auto">{contentSummary(message)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** As far as the server can be asked. */
function usePinned(target: Target): readonly LocalMessage[] {
  const { client } = useWorkspace();
  const [pinned, setPinned] = useState<readonly LocalMessage[]>([]);
  useEffect(() => {
    let isShown = true;
    const id = conversationId(target);
    const look = (): void => {
      client.pinned(target).then(
        (found) => isShown && setPinned(found),
        () => {},
      );
    };
    const stops = [
      client.on('update', (is, was) => {
        const isPin = is.conversation === id && is.pinned?.ts !== was.pinned?.ts;
        if (isPin || (is.conversation === id && was.pinned !== undefined)) look();
      }),
      client.on('status', ({ state }) => {
        if (state === 'online') look();
      }),
    ];
    setPinned([]);
    look();
    return () => {
      isShown = false;
      for (const stop of stops) stop();
    };
  }, [client, target]);
  return pinned;
}
