import { type ConversationId, conversationId, type LocalMessage } from '@stoa/client';
import {
  Archive,
  ArrowLeft,
  Bell,
  LogOut,
  MonitorSmartphone,
  Search,
  UserPlus,
  UsersRound,
} from 'lucide-react';
import { useState } from 'react';
import { DevicesDialog } from '../devices/devices-dialog.tsx';
import { NewGroup } from '../groups/new-group.tsx';
import { useLive } from '../hooks/live.ts';
import { hrefOf, openConversation, openMessage } from '../hooks/use-route.ts';
import { useRovingFocus } from '../hooks/use-roving-focus.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { NotificationsDialog } from '../notifications/notifications-dialog.tsx';
import { OwnProfile } from '../profiles/own-profile.tsx';
import { useProfile } from '../profiles/use-profile.ts';
import { addressOf, FoundMessages } from '../search/found-messages.tsx';
import { useMessageSearch } from '../search/use-message-search.ts';
import { GettingStarted } from '../session/getting-started.tsx';
import { SignOutDialog } from '../session/sign-out-dialog.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import { arranged } from './arrangement.ts';
import { findContacts } from './contacts.ts';
import { ContactRow, ConversationRow } from './conversation-row.tsx';
import styles from './sidebar.module.css';

/** Who is signed in, a search that also starts chats, and the list of chats and people. */
export function Sidebar({ open, onSignOut }: { open: ConversationId | undefined; onSignOut: () => void }) {
  const { session, conversations, people } = useWorkspace();
  const [typed, setTyped] = useState('');
  const [dialog, setDialog] = useState<'devices' | 'group' | 'notifications' | 'profile' | 'sign-out'>();
  const ownName = useProfile(session.address)?.name || session.name || session.address;
  const list = useLive(conversations);
  const [inArchive, setInArchive] = useState(false);
  const { chats, archived } = arranged(list ?? []);
  const isTyping = typed.trim() !== '';
  const shown = isTyping ? [...chats, ...archived] : inArchive ? archived : chats;
  const found = findContacts([...chats, ...archived], useLive(people), typed, session.address);
  const contacts = {
    ...found,
    chats: shown.filter((chat) => found.chats.includes(chat)),
    people: inArchive && !isTyping ? [] : found.people,
  };
  const typedId = contacts.address === undefined ? undefined : conversationId({ peer: contacts.address });
  const ids = [
    ...contacts.chats.map(({ id }) => id),
    ...contacts.people.map(({ address }) => conversationId({ peer: address })),
    ...(typedId === undefined ? [] : [typedId]),
  ];
  const roving = useRovingFocus(ids, open !== undefined && ids.includes(open) ? open : ids[0]);

  const search = useMessageSearch(typed);
  const nameOf = (message: LocalMessage): string =>
    list?.find(({ id }) => id === message.conversation)?.name || addressOf(message);

  function openFirst(): void {
    const [first] = ids;
    if (first === undefined || typed.trim() === '') return;
    openConversation(first);
    setTyped('');
  }

  return (
    <nav className={styles.sidebar} aria-label="Chats">
      <header className={styles.self}>
        <button
          type="button"
          className={styles.profile}
          onClick={() => setDialog('profile')}
          title="Your profile"
          aria-label="Your profile"
          aria-haspopup="dialog"
        >
          <Avatar address={session.address} name={ownName} size={40} />
        </button>
        <span className={styles.who}>
          <strong className={styles.name}>{ownName}</strong>
          <span className={styles.address}>{session.address}</span>
        </span>
        <button
          type="button"
          className={controls.icon}
          onClick={() => setDialog('group')}
          title="New group"
          aria-label="New group"
          aria-haspopup="dialog"
        >
          <UsersRound size={20} />
        </button>
        <button
          type="button"
          className={controls.icon}
          onClick={() => setDialog('notifications')}
          title="Notifications"
          aria-label="Notifications"
          aria-haspopup="dialog"
        >
          <Bell size={20} />
        </button>
        <button
          type="button"
          className={controls.icon}
          onClick={() => setDialog('devices')}
          title="Linked devices"
          aria-label="Linked devices"
          aria-haspopup="dialog"
        >
          <MonitorSmartphone size={20} />
        </button>
        <button
          type="button"
          className={controls.icon}
          onClick={() => setDialog('sign-out')}
          title="Sign out"
          aria-label="Sign out"
          aria-haspopup="dialog"
        >
          <LogOut size={20} />
        </button>
      </header>
      {dialog === 'profile' && <OwnProfile onClose={() => setDialog(undefined)} />}
      {dialog === 'devices' && <DevicesDialog onClose={() => setDialog(undefined)} />}
      {dialog === 'notifications' && <NotificationsDialog onClose={() => setDialog(undefined)} />}
      {dialog === 'sign-out' && (
        <SignOutDialog onClose={() => setDialog(undefined)} onSignedOut={onSignOut} />
      )}
      {dialog === 'group' && <NewGroup onClose={() => setDialog(undefined)} />}

      <search className={styles.search}>
        <Search size={18} className={styles.searchIcon} />
        <input
          type="search"
          className={`${controls.field} ${styles.searchField}`}
          placeholder="Search, or type an address"
          aria-label="Search chats, people and messages, or type an address to start a chat"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={() => void people.load()}
          onKeyDown={(event) => {
            if (event.key === 'Enter') openFirst();
            if (event.key === 'Escape') setTyped('');
          }}
        />
      </search>

      <div className={styles.lists} {...roving.list}>
        {list !== undefined && list.length === 0 && typed === '' && (
          <div className={styles.onPhones}>
            <GettingStarted />
          </div>
        )}
        {!isTyping && (archived.length > 0 || inArchive) && (
          <button type="button" className={styles.archive} onClick={() => setInArchive(!inArchive)}>
            {inArchive ? <ArrowLeft size={20} /> : <Archive size={20} />}
            {inArchive ? 'All chats' : `Archived (${archived.length})`}
          </button>
        )}
        {contacts.chats.length > 0 && (
          <ul aria-label="Chats">
            {contacts.chats.map((chat) => (
              <ConversationRow
                key={chat.id}
                chat={chat}
                current={chat.id === open}
                tabIndex={roving.tabIndex(chat.id)}
              />
            ))}
          </ul>
        )}
        {contacts.people.length > 0 && (
          <>
            <h2 className={styles.heading}>People</h2>
            <ul aria-label="People">
              {contacts.people.map(({ address, name }) => {
                const id = conversationId({ peer: address });
                return (
                  <ContactRow
                    key={id}
                    address={address}
                    name={name}
                    current={id === open}
                    tabIndex={roving.tabIndex(id)}
                  />
                );
              })}
            </ul>
          </>
        )}
        {contacts.address !== undefined && typedId !== undefined && (
          <a
            className={styles.typed}
            href={hrefOf({ peer: contacts.address })}
            data-roving={typedId}
            tabIndex={roving.tabIndex(typedId)}
          >
            <UserPlus size={20} />
            <span className={styles.name}>Chat with “{contacts.address}”</span>
          </a>
        )}
        {search.state !== 'idle' && (
          <section aria-label="Messages found">
            <h2 className={styles.heading}>Messages</h2>
            <FoundMessages
              search={search}
              nameOf={nameOf}
              onChoose={({ conversation, mid }) => openMessage(conversation, mid)}
            />
          </section>
        )}
      </div>
    </nav>
  );
}
