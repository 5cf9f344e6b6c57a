import type { LocalConversation, Target } from '@stoa/client';
import {
  Archive,
  ArchiveRestore,
  Ban,
  Bell,
  BellOff,
  Eraser,
  ListChecks,
  MailOpen,
  MoreVertical,
  Pin,
  PinOff,
  Search,
  Timer,
  UserRound,
} from 'lucide-react';
import { CallNotificationsItem } from '../calls/call-notifications-item.tsx';
import { isMuted } from '../conversations/arrangement.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { changeBlock } from '../profiles/blocking.ts';
import controls from '../ui/controls.module.css';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';

/** Tells the user when the work fails. */
type Attempt = (work: Promise<unknown>) => void;

export type ConversationDialog = 'profile' | 'search' | 'poll' | 'age' | 'clear';

/** What can be done with a whole chat. */
export function ConversationMenu({
  target,
  conversation,
  onOpen,
  attempt,
}: {
  target: Target;
  conversation: LocalConversation | undefined;
  onOpen: (dialog: ConversationDialog) => void;
  attempt: Attempt;
}) {
  const { client } = useWorkspace();
  const isBlocked = conversation?.blocked ?? false;
  return (
    <Menu label="Chat actions" icon={MoreVertical} className={controls.icon}>
      {'peer' in target && (
        <MenuItem icon={UserRound} onSelect={() => onOpen('profile')}>
          View profile
        </MenuItem>
      )}
      <MenuItem icon={Search} onSelect={() => onOpen('search')}>
        Search messages
      </MenuItem>
      <MenuItem icon={ListChecks} onSelect={() => onOpen('poll')}>
        New poll
      </MenuItem>
      <MenuItem icon={MailOpen} onSelect={() => attempt(client.markUnread(target))}>
        Mark as unread
      </MenuItem>
      <MenuItem icon={Timer} onSelect={() => onOpen('age')}>
        Disappearing messages
      </MenuItem>
      {'peer' in target && <CallNotificationsItem />}
      <MenuLine />
      <Arranging target={target} conversation={conversation} attempt={attempt} />
      <MenuLine />
      {'peer' in target && (
        <MenuItem
          icon={Ban}
          danger={!isBlocked}
          onSelect={() => attempt(changeBlock(client, target.peer, { messages: !isBlocked }))}
        >
          {isBlocked ? 'Unblock' : 'Block'}
        </MenuItem>
      )}
      <MenuItem icon={Eraser} danger onSelect={() => onOpen('clear')}>
        Clear this chat
      </MenuItem>
    </Menu>
  );
}

/** Where the chat is in the list, and whether it makes itself heard; the same on all devices. */
function Arranging({
  target,
  conversation,
  attempt,
}: {
  target: Target;
  conversation: LocalConversation | undefined;
  attempt: Attempt;
}) {
  const { client } = useWorkspace();
  const { favourite = false, archived = false } = conversation ?? {};
  return (
    <>
      {isMuted(conversation, client.serverTime()) ? (
        <MenuItem icon={Bell} onSelect={() => attempt(client.unmute(target))}>
          Unmute
        </MenuItem>
      ) : (
        <>
          <MenuItem
            icon={BellOff}
            onSelect={() => attempt(client.mute(target, client.serverTime() + hoursMs))}
          >
            Mute for 8 hours
          </MenuItem>
          <MenuItem icon={BellOff} onSelect={() => attempt(client.mute(target))}>
            Mute
          </MenuItem>
        </>
      )}
      <MenuItem
        icon={favourite ? PinOff : Pin}
        onSelect={() => attempt(client.setMark('favourite', target, !favourite))}
      >
        {favourite ? 'Unpin' : 'Pin to the top'}
      </MenuItem>
      <MenuItem
        icon={archived ? ArchiveRestore : Archive}
        onSelect={() => attempt(client.setMark('archived', target, !archived))}
      >
        {archived ? 'Take out of the archive' : 'Archive'}
      </MenuItem>
    </>
  );
}

const hoursMs = 8 * 3_600_000;
