import { type ConversationId, targetOf } from '@stoa/client';
import { ArrowLeft } from 'lucide-react';
import { Composer } from '../composer/composer.tsx';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { PresenceLine } from '../presence/presence-line.tsx';
import { usePresence } from '../presence/use-presence.ts';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import styles from './conversation-view.module.css';
import { Timeline } from './timeline.tsx';

/** A conversation: with whom, the messages, and the field to write in. */
export function ConversationView({ id }: { id: ConversationId }) {
  const { conversations, people } = useWorkspace();
  const target = targetOf(id);
  const peer = 'peer' in target ? target.peer : undefined;
  const address = peer ?? id;
  const conversation = useLive(conversations)?.find((candidate) => candidate.id === id);
  const person = useLive(people).find((candidate) => candidate.address === peer);
  const name = conversation?.name || person?.name || address;
  const { online } = usePresence(peer);

  return (
    <>
      <header className={styles.header}>
        <a className={`${controls.icon} ${styles.back}`} href="#/" aria-label="Back to the chats">
          <ArrowLeft size={20} />
        </a>
        <Avatar address={address} name={name} size={40} online={online} />
        <div className={styles.who}>
          <h1 className={styles.name}>{name}</h1>
          {peer !== undefined && <PresenceLine address={peer} />}
        </div>
      </header>
      <Timeline id={id} name={name} />
      <Composer id={id} name={name} />
    </>
  );
}
