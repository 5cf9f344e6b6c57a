import { conversationId, type LocalConversation, type LocalMessage } from '@stoa/client';
import { BellOff, Pin } from 'lucide-react';
import { CallIcon } from '../calls/call-entry.tsx';
import { useLive, useLivePart } from '../hooks/live.ts';
import { useNow } from '../hooks/use-now.ts';
import { hrefOf } from '../hooks/use-route.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { usePresence } from '../presence/use-presence.ts';
import { Avatar } from '../ui/avatar.tsx';
import { contentSummary } from '../ui/content-summary.ts';
import controls from '../ui/controls.module.css';
import { MessageTicks } from '../ui/message-ticks.tsx';
import { listTime } from '../ui/time.ts';
import { isMuted } from './arrangement.ts';
import styles from './conversation-row.module.css';

/** A chat in the list: who, the newest message, how many are unread. */
export function ConversationRow({
  chat,
  current,
  tabIndex,
}: {
  chat: LocalConversation;
  current: boolean;
  tabIndex: 0 | -1;
}) {
  const { drafts } = useWorkspace();
  const now = useNow();
  const { target, latest, unread, markedUnread, favourite } = chat;
  const muted = isMuted(chat, now);
  const address = 'peer' in target ? target.peer : `group ${target.gid}`;
  const { online, typing } = usePresence('peer' in target ? target.peer : undefined);
  const draft = useLivePart(drafts, (written) => written.get(chat.id))?.text;
  const name = chat.name || address;
  return (
    <li>
      <a
        className={styles.row}
        href={hrefOf(target)}
        aria-current={current ? 'page' : undefined}
        data-roving={chat.id}
        tabIndex={tabIndex}
      >
        <Avatar
          address={address}
          gid={'gid' in target ? target.gid : undefined}
          name={name}
          online={online}
        />
        <span className={styles.name}>{name}</span>
        {latest !== undefined && (
          <time className={styles.time} dateTime={new Date(latest.ts).toISOString()}>
            {listTime(latest.ts, now)}
          </time>
        )}
        <Preview latest={latest} typing={typing} draft={current ? undefined : draft} />
        {(muted || favourite || chat.unreadMentions > 0) && (
          <span className={styles.marks}>
            {chat.unreadMentions > 0 && (
              <span className={styles.mention}>
                @<span className={controls.hidden}> mentions you</span>
              </span>
            )}
            {muted && <BellOff size={16} role="img" aria-label="muted" />}
            {favourite && <Pin size={16} role="img" aria-label="pinned" />}
          </span>
        )}
        {unread === 0 && markedUnread && (
          <span className={styles.marked}>
            <span className={controls.hidden}>marked as unread</span>
          </span>
        )}
        {unread > 0 && (
          <span className={styles.unread}>
            {unread > 99 ? '99+' : unread}
            <span className={controls.hidden}> unread</span>
          </span>
        )}
      </a>
    </li>
  );
}

function Preview({
  latest,
  typing,
  draft,
}: {
  latest: LocalMessage | undefined;
  typing: boolean;
  draft: string | undefined;
}) {
  const nameOf = useLive(useWorkspace().profiles.names);
  if (typing) return <span className={`${styles.preview} ${styles.typing}`}>typing…</span>;
  if (draft) {
    return (
      <span className={styles.preview}>
        <span className={styles.draft}>Draft: </span>
        <bdi>{draft}</bdi>
      </span>
    );
  }
  if (latest === undefined) return <span className={styles.preview}>No messages yet</span>;
  const { call } = latest.content ?? {};
  return (
    <span className={styles.preview}>
      {call !== undefined ? (
        <CallIcon log={call} outgoing={latest.outgoing} size={16} />
      ) : (
        latest.outgoing && latest.gone === undefined && <MessageTicks status={latest.status} />
      )}
      {!latest.outgoing && latest.conversation.startsWith('g:') && <bdi>{nameOf(latest.from)}: </bdi>}
      <bdi>{contentSummary(latest)}</bdi>
    </span>
  );
}

/** Somebody to whom nothing was written yet. */
export function ContactRow({
  address,
  name,
  current,
  tabIndex,
}: {
  address: string;
  name: string;
  current: boolean;
  tabIndex: 0 | -1;
}) {
  return (
    <li>
      <a
        className={styles.row}
        href={hrefOf({ peer: address })}
        aria-current={current ? 'page' : undefined}
        data-roving={conversationId({ peer: address })}
        tabIndex={tabIndex}
      >
        <Avatar address={address} name={name || address} />
        <span className={styles.name}>{name || address}</span>
        <span className={styles.preview}>{address}</span>
      </a>
    </li>
  );
}
