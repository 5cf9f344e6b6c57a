import { useEffect } from 'react';
import { ConnectionBanner } from './connection/connection-banner.tsx';
import { Sidebar } from './conversations/sidebar.tsx';
import { useLive } from './hooks/live.ts';
import { useRoute } from './hooks/use-route.ts';
import { useWorkspace } from './hooks/use-workspace.tsx';
import styles from './messenger.module.css';
import { GettingStarted } from './session/getting-started.tsx';
import { ConversationView } from './timeline/conversation-view.tsx';
import { Logo } from './ui/logo.tsx';

/** Two panes on wide screens, one at a time on narrow ones: the list, and the conversation of the link. */
export function Messenger({ onSignOut }: { onSignOut: () => void }) {
  const route = useRoute();
  const open = route?.id;
  useUnreadInTitle();
  return (
    <div className={styles.shell} data-pane={open === undefined ? 'list' : 'chat'}>
      <Sidebar open={open} onSignOut={onSignOut} />
      <main className={styles.main}>
        {open === undefined ? <NothingOpen /> : <ConversationView key={open} id={open} mid={route?.mid} />}
      </main>
      <div className={styles.notices}>
        <ConnectionBanner onSignOut={onSignOut} />
      </div>
    </div>
  );
}

function NothingOpen() {
  return (
    <div className={styles.nothing}>
      <Logo size={64} />
      <h1 className={styles.title}>Pick a chat</h1>
      <p>Choose somebody on the left, or type any address into the search field.</p>
      <GettingStarted />
    </div>
  );
}

function useUnreadInTitle(): void {
  const { session, conversations } = useWorkspace();
  const unread = (useLive(conversations) ?? []).reduce((sum, conversation) => sum + conversation.unread, 0);
  const who = session.name || session.address;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${who} · Stoa`;
    return () => {
      document.title = 'Stoa';
    };
  }, [unread, who]);
}
