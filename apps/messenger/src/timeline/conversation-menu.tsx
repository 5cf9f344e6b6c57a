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

export type ConversationDialog = 'profile' | 'search' | 'poll' | 'age' | 'clear';

/** What can be done with a whole chat. */
export function ConversationMenu({
  target,
  conversation,
  onOpen,
}: {
  target: Target;
  conversation: LocalConversation | undefined;
  onOpen: (dialog: ConversationDialog) => void;
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
      <MenuItem icon={MailOpen} onSelect={() => void client.markUnread(target)}>
        Mark as unread
      </MenuItem>
      <MenuItem icon={Timer} onSelect={() => onOpen('age')}>
        Disappearing messages
      </MenuItem>
      {'peer' in target && <CallNotificationsItem />}
      <MenuLine />
      <Arranging target={target} conversation={conversation} />
      <MenuLine />
      {'peer' in target && (
        <MenuItem
          icon={Ban}
          danger={!isBlocked}
          onSelect={() => void changeBlock(client, target.peer, { messages: !isBlocked })}
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
}: {
  target: Target;
  conversation: LocalConversation | undefined;
}) {
  const { client } = useWorkspace();
  const { favourite = false, archived = false } = conversation ?? {};
  return (
    <>
      {isMuted(conversation, client.serverTime()) ? (
        <MenuItem icon={Bell} onSelect={() => void client.unmute(target)}>
          Unmute
        </MenuItem>
      ) : (
        <>
          <MenuItem icon={BellOff} onSelect={() => void client.mute(target, client.serverTime() + hoursMs)}>
            Mute for 8 hours
          </MenuItem>
          <MenuItem icon={BellOff} onSelect={() => void client.mute(target)}>
            Mute
          </MenuItem>
        </>
      )}
      <MenuItem
        icon={favourite ? PinOff : Pin}
        onSelect={() => void client.setMark('favourite', target, !favourite)}
      >
        {favourite ? 'Unpin' : 'Pin to the top'}
      </MenuItem>
      <MenuItem
        icon={archived ? ArchiveRestore : Archive}
        onSelect={() => void client.setMark('archived', target, !archived)}
      >
        {archived ? 'Take out of the archive' : 'Archive'}
      </MenuItem>
    </>
  );
}

const hoursMs = 8 * 3_600_000;
