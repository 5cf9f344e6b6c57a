import { type FocusEvent, useEffect, useRef } from 'react';
import { Calls } from './calls/calls.tsx';
import { usePeerName } from './calls/use-peer-name.ts';
import { ConnectionBanner } from './connection/connection-banner.tsx';
import { unreadOf } from './conversations/arrangement.ts';
import { Sidebar } from './conversations/sidebar.tsx';
import { useInvitation } from './groups/invitation.ts';
import { JoinGroup } from './groups/join-group.tsx';
import { useLive, useLivePart } from './hooks/live.ts';
import { useNow } from './hooks/use-now.ts';
import { useRoute } from './hooks/use-route.ts';
import { useWorkspace } from './hooks/use-workspace.tsx';
import styles from './messenger.module.css';
import { Rooms } from './rooms/room-screen.tsx';
import { GettingStarted } from './session/getting-started.tsx';
import { ConversationView } from './timeline/conversation-view.tsx';
import { Logo } from './ui/logo.tsx';

/** Two panes on wide screens, one at a time on narrow ones: the list, and the conversation of the link. */
export function Messenger({ onSignOut }: { onSignOut: () => void }) {
  const route = useRoute();
  const invitation = useInvitation();
  const open = route?.id;
  usePageTitle();
  const covered = useCovered();
  return (
    <>
      <div className={styles.shell} data-pane={open === undefined ? 'list' : 'chat'} {...covered}>
        <Sidebar open={open} onSignOut={onSignOut} />
        <main className={styles.main}>
          {open === undefined ? <NothingOpen /> : <ConversationView key={open} id={open} mid={route?.mid} />}
        </main>
        <div className={styles.notices}>
          <ConnectionBanner onSignOut={onSignOut} />
        </div>
      </div>
      {invitation !== undefined && <JoinGroup key={invitation.pin} {...invitation} />}
      <Calls />
      <Rooms />
    </>
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

/** Who is calling; otherwise what is unread where it is not muted, and whose page it is. */
function usePageTitle(): void {
  const { session, conversations, calls } = useWorkspace();
  const unread = unreadOf(useLive(conversations) ?? [], useNow());
  const caller = useLivePart(calls, ({ incoming }) => incoming?.call);
  const name = usePeerName(caller?.peer ?? '', caller?.name ?? '');
  const who = session.name || session.address;
  const rest = `${unread > 0 ? `(${unread}) ` : ''}${who}`;
  const title = caller === undefined ? rest : `${name} is calling`;
  useEffect(() => {
    // Where the browser shows it: on the icon of an installed application.
    void navigator.setAppBadge?.(unread).catch(() => {});
  }, [unread]);
  useEffect(() => {
    document.title = `${title} · Stoa`;
    return () => {
      document.title = 'Stoa';
    };
  }, [title]);
}

/** Props of the page while a call or a room covers it: nothing in it can be reached, and it gets the focus back afterwards. */
function useCovered(): { inert: boolean; onFocusCapture: (event: FocusEvent) => void } {
  const { calls, rooms } = useWorkspace();
  const isInCall = useLivePart(calls, ({ current }) => current !== undefined);
  const isCallCovering = useLivePart(calls, ({ isExpanded }) => isExpanded);
  const isInRoom = useLivePart(rooms, ({ current, waiting }) => (current ?? waiting) !== undefined);
  const isRoomCovering = useLivePart(
    rooms,
    ({ current, waiting, isExpanded }) => waiting !== undefined || (current !== undefined && isExpanded),
  );
  const isThere = isInCall || isInRoom;
  const isCovered = isCallCovering || isRoomCovering;
  const lastFocus = useRef<Element>(null);
  const wasCovered = useRef(false);
  useEffect(() => {
    const isLost = !isThere && document.activeElement === document.body;
    const isBack = wasCovered.current && !isCovered;
    if ((isLost || isBack) && lastFocus.current instanceof HTMLElement) lastFocus.current.focus();
    wasCovered.current = isCovered;
  }, [isCovered, isThere]);
  return {
    inert: isCovered,
    onFocusCapture: ({ target }) => {
      lastFocus.current = target;
    },
  };
}
