import { type ConversationId, type LocalMessage, type RecordedNote, targetOf } from '@stoa/client';
import { ArrowLeft } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { CallButtons } from '../calls/call-buttons.tsx';
import { BlockedNotice } from '../composer/blocked-notice.tsx';
import { Composer } from '../composer/composer.tsx';
import { SendFiles } from '../files/send-files.tsx';
import { Transfers } from '../files/transfers.tsx';
import { useFileDrop } from '../files/use-file-drop.ts';
import { GroupLine } from '../groups/group-line.tsx';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { PresenceLine } from '../presence/presence-line.tsx';
import { usePresence } from '../presence/use-presence.ts';
import { ProfileInfo } from '../profiles/profile-info.tsx';
import { RoomButton } from '../rooms/room-button.tsx';
import { ScheduledMessages } from '../scheduled/scheduled-messages.tsx';
import { SearchInChat } from '../search/search-in-chat.tsx';
import { ThreadView } from '../threads/thread-view.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import { ClearConversation } from './clear-conversation.tsx';
import { type ConversationDialog, ConversationMenu } from './conversation-menu.tsx';
import styles from './conversation-view.module.css';
import { copyText } from './copy-text.ts';
import { DisappearingMessages } from './disappearing-messages.tsx';
import { actionsFor, type MessageAction } from './message-actions.ts';
import type { MessageHandlers } from './message-bubble.tsx';
import { NewPoll } from './new-poll.tsx';
import { PinnedMessages } from './pinned-messages.tsx';
import { Timeline } from './timeline.tsx';
import { useMessageDialogs } from './use-message-dialogs.tsx';
import { useTimeline } from './use-timeline.ts';

/** A conversation: with whom, the messages, and the field to write in. `mid`: the message that a link names. */
export function ConversationView({ id, mid }: { id: ConversationId; mid: number | undefined }) {
  const { client, session, conversations, people, drafts, profiles } = useWorkspace();
  const target = useMemo(() => targetOf(id), [id]);
  const peer = 'peer' in target ? target.peer : undefined;
  const address = peer ?? `group ${'gid' in target ? target.gid : 0}`;
  const conversation = useLive(conversations)?.find((candidate) => candidate.id === id);
  const person = useLive(people).find((candidate) => candidate.address === peer);
  const name = conversation?.name || person?.name || address;
  const { online } = usePresence(peer);
  const nameOf = useLive(profiles.names);
  const timeline = useTimeline(id);
  const [editing, setEditing] = useState<LocalMessage>();
  const [thread, setThread] = useState<LocalMessage>();
  const [dialog, setDialog] = useState<ConversationDialog>();
  /** Files that were pasted or dropped: whether they are to be sent is asked. */
  const [offered, setOffered] = useState<readonly File[]>([]);
  const [notice, setNotice] = useState('');
  const dialogs = useMessageDialogs((error) => setNotice(error.message));
  const { show } = timeline;

  const attempt = useCallback((work: Promise<unknown>): void => {
    setNotice('');
    work.catch((error: Error) => setNotice(error.message));
  }, []);
  const authorOf = useCallback(
    (message: LocalMessage) => (message.outgoing ? 'You' : peer === undefined ? nameOf(message.from) : name),
    [peer, name, nameOf],
  );
  const onJump = useCallback(
    (to: number) => {
      show(to).then(
        (isThere) => setNotice(isThere ? '' : 'This message is not there any more.'),
        (error: Error) => setNotice(error.message),
      );
    },
    [show],
  );
  const handlers = useMemo<MessageHandlers>(() => {
    const onAction = (action: MessageAction, message: LocalMessage): void => {
      setNotice('');
      if (action === 'edit') setEditing(message);
      else if (action === 'reply') drafts.write(id, drafts.get().get(id)?.text ?? '', message.mid);
      else if (action === 'thread') setThread(message);
      else if (action === 'copy') attempt(copyText(message.content?.text ?? ''));
      else if (action === 'pin' || action === 'unpin') attempt(client.pin(message, action === 'pin').done);
      else if (action === 'closePoll') attempt(client.closePoll(message).done);
      else dialogs.open(action, message);
    };
    const onReact = (message: LocalMessage, emoji: string, on: boolean): void => {
      attempt(client.react(message, emoji, on).done);
    };
    return { authorOf, onAction, onReact, onJump };
  }, [attempt, authorOf, onJump, client, drafts, id, dialogs.open]);

  const { ready, messages } = timeline.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the link can be followed.
  useEffect(() => {
    if (mid !== undefined && ready) onJump(mid);
  }, [mid, ready]);

  const sendFiles = useCallback(
    (files: readonly File[], text = '') => {
      setNotice('');
      for (const [index, file] of files.entries()) {
        const said = text !== '' && index === 0 ? { content: { text } } : {};
        client.files.send(target, { file, ...said }).catch((error: Error) => setNotice(error.message));
      }
    },
    [client, target],
  );
  const sendNote = useCallback(
    (note: RecordedNote) => {
      attempt(client.files.send(target, note));
    },
    [attempt, client, target],
  );
  const canWrite = conversation?.left !== true && conversation?.blocked !== true;
  useFileDrop(canWrite ? setOffered : undefined);

  function edit(what: 'last' | undefined): void {
    const last = messages.findLast(({ outgoing }) => outgoing);
    const isPossible = last !== undefined && actionsFor(last).includes('edit');
    setEditing(what === 'last' && isPossible ? last : undefined);
  }

  /** The message gets the focus back. */
  function closeThread(): void {
    const message = document.querySelector<HTMLElement>(`[data-mid="${thread?.mid}"]`);
    setThread(undefined);
    message?.focus();
  }

  return (
    <div className={styles.split} data-conversation={id}>
      <div className={styles.chat}>
        <header className={styles.header}>
          <a className={`${controls.icon} ${styles.back}`} href="#/" aria-label="Back to the chats">
            <ArrowLeft size={20} />
          </a>
          <Avatar
            address={address}
            gid={'gid' in target ? target.gid : undefined}
            name={name}
            size={40}
            online={online}
          />
          <div className={styles.who}>
            <h1 className={styles.name}>{name}</h1>
            {'gid' in target ? (
              <GroupLine gid={target.gid} left={conversation?.left === true} />
            ) : (
              <PresenceLine address={target.peer} />
            )}
          </div>
          <div className={styles.tools}>
            {peer !== undefined && peer !== session.address && (
              <CallButtons peer={peer} onRefused={setNotice} />
            )}
            {'gid' in target && conversation?.left !== true && <RoomButton gid={target.gid} />}
            <ConversationMenu
              target={target}
              conversation={conversation}
              onOpen={setDialog}
              attempt={attempt}
            />
          </div>
        </header>
        <PinnedMessages target={target} onJump={onJump} />
        <Timeline id={id} name={name} timeline={timeline} handlers={handlers} />
        <p role="alert" className={styles.notice}>
          {notice}
        </p>
        <Transfers id={id} />
        <ScheduledMessages id={id} />
        {conversation?.left ? (
          <p className={styles.notice}>You are not in this group any more.</p>
        ) : peer !== undefined && conversation?.blocked ? (
          <BlockedNotice address={peer} name={name} />
        ) : (
          <Composer
            id={id}
            name={name}
            authorOf={authorOf}
            editing={editing}
            onEdit={edit}
            onFiles={sendFiles}
            onPastedFiles={setOffered}
            onNote={sendNote}
            onRefused={(error) => setNotice(error.message)}
          />
        )}
      </div>
      {thread !== undefined && (
        <ThreadView
          key={thread.mid}
          message={thread}
          authorOf={authorOf}
          canWrite={canWrite}
          onClose={closeThread}
        />
      )}
      {dialogs.dialog}
      {offered.length > 0 && (
        <SendFiles files={offered} name={name} onSend={sendFiles} onClose={() => setOffered([])} />
      )}
      {dialog === 'profile' && peer !== undefined && (
        <ProfileInfo address={peer} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'search' && (
        <SearchInChat
          target={target}
          name={name}
          authorOf={authorOf}
          onJump={onJump}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'age' && (
        <DisappearingMessages
          target={target}
          conversation={conversation}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'poll' && <NewPoll target={target} onClose={() => setDialog(undefined)} />}
      {dialog === 'clear' && (
        <ClearConversation target={target} name={name} onClose={() => setDialog(undefined)} />
      )}
    </div>
  );
}
