import type { GroupRequest, Queue } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import styles from './waiting.module.css';

/** Who waits in front of the room, for those who let people in; nothing while nobody does. */
export function RoomQueue({ gid }: { gid: number }) {
  const { client, rooms } = useWorkspace();
  const [queue, setQueue] = useState<Queue>();
  const [entries, setEntries] = useState<readonly GroupRequest[]>([]);
  useEffect(() => {
    const opened = client.rooms.queue(gid);
    opened.on('changed', setEntries);
    setQueue(opened);
    return () => opened.close();
  }, [client, gid]);
  if (queue === undefined || entries.length === 0) return null;
  return (
    <section className={styles.queue} aria-label="Waiting room">
      <header>
        <h2>Waiting: {entries.length}</h2>
        {entries.length > 1 && (
          <button type="button" className={controls.quiet} onClick={() => rooms.do(() => queue.admitAll())}>
            Let all in
          </button>
        )}
      </header>
      <ul>
        {entries.map(({ user, name }) => (
          <li key={user}>
            <span>{name || user}</span>
            <button
              type="button"
              className={controls.quiet}
              aria-label={`Send ${name || user} away`}
              onClick={() => rooms.do(() => queue.deny([user]))}
            >
              Send away
            </button>
            <button
              type="button"
              className={controls.primary}
              aria-label={`Let ${name || user} in`}
              onClick={() => rooms.do(() => queue.admit([user]))}
            >
              Let in
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
