import { conversationId, type LocalMessage, type Target } from '@stoa/client';
import { useState } from 'react';
import { findContacts } from '../conversations/contacts.ts';
import { useLive } from '../hooks/live.ts';
import { openConversation } from '../hooks/use-route.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import { Dialog } from '../ui/dialog.tsx';
import styles from './forward-message.module.css';

/** Asks to whom a message is to be forwarded, sends it there, and goes there. */
export function ForwardMessage({ message, onClose }: { message: LocalMessage; onClose: () => void }) {
  const { client, conversations, people, session } = useWorkspace();
  const [typed, setTyped] = useState('');
  const found = findContacts(useLive(conversations) ?? [], useLive(people), typed, session.address);
  const receivers = [
    ...found.chats.map(({ target, name }) => ({ target, name })),
    ...found.people.map(({ address, name }) => ({ target: { peer: address }, name })),
    ...(found.address === undefined ? [] : [{ target: { peer: found.address }, name: '' }]),
  ];

  function forwardTo(target: Target): void {
    // A refusal is shown on the message itself.
    client.forward(message, target).sent.catch(() => {});
    onClose();
    openConversation(conversationId(target));
  }

  return (
    <Dialog title="Forward to" onClose={onClose}>
      <input
        type="search"
        className={controls.field}
        placeholder="Search, or type an address"
        aria-label="Search chats and people, or type an address"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul className={styles.receivers} aria-label="Receivers">
        {receivers.map(({ target, name }) => {
          const address = 'peer' in target ? target.peer : `group ${target.gid}`;
          return (
            <li key={conversationId(target)}>
              <button type="button" className={styles.receiver} onClick={() => forwardTo(target)}>
                <Avatar address={address} name={name || address} size={32} />
                <span className={styles.name}>{name || address}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
