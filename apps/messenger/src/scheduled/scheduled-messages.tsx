import type { ConversationId, ScheduledMessage } from '@stoa/client';
import { CalendarClock, X } from 'lucide-react';
import { useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog } from '../ui/dialog.tsx';
import { fullTime } from '../ui/time.ts';
import styles from './scheduled-messages.module.css';
import { useScheduled } from './use-scheduled.ts';

/** How many messages wait for their time, and the way to them. Nothing while there are none. */
export function ScheduledMessages({ id }: { id: ConversationId }) {
  const messages = useScheduled(id);
  const [isOpen, setOpen] = useState(false);
  if (messages.length === 0 && !isOpen) return null;
  return (
    <>
      <button type="button" className={styles.notice} onClick={() => setOpen(true)}>
        <CalendarClock size={16} />
        {messages.length === 1 ? '1 scheduled message' : `${messages.length} scheduled messages`}
      </button>
      {isOpen && <ScheduledList messages={messages} onClose={() => setOpen(false)} />}
    </>
  );
}

function ScheduledList({
  messages,
  onClose,
}: {
  messages: readonly ScheduledMessage[];
  onClose: () => void;
}) {
  const { client } = useWorkspace();
  const [problem, setProblem] = useState('');
  const cancel = (message: ScheduledMessage): void => {
    client.cancelScheduled(message).catch((error: Error) => setProblem(error.message));
  };
  return (
    <Dialog title="Scheduled messages" onClose={onClose}>
      <ul className={styles.list}>
        {messages.map((message) => (
          <li key={`${message.dev} ${message.id}`} className={styles.item}>
            <div className={styles.what}>
              <span dir="auto">{message.content.text ?? message.content.title ?? 'Message'}</span>
              <time className={styles.time} dateTime={new Date(message.at).toISOString()}>
                {fullTime(message.at)}
              </time>
            </div>
            <button
              type="button"
              className={controls.icon}
              aria-label="Cancel this message"
              title="Cancel this message"
              onClick={() => cancel(message)}
            >
              <X size={18} />
            </button>
          </li>
        ))}
      </ul>
      {messages.length === 0 && <p>Nothing is scheduled here.</p>}
      <p role="alert" className={styles.problem}>
        {problem}
      </p>
    </Dialog>
  );
}
