import type { LocalConversation, Target } from '@stoa/client';
import { Ban, Eraser, MailOpen, MoreVertical, Search, Timer } from 'lucide-react';
import { CallNotificationsItem } from '../calls/call-notifications-item.tsx';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';

export type ConversationDialog = 'search' | 'age' | 'clear';

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
      <MenuItem icon={Search} onSelect={() => onOpen('search')}>
        Search messages
      </MenuItem>
      <MenuItem icon={MailOpen} onSelect={() => void client.markUnread(target)}>
        Mark as unread
      </MenuItem>
      <MenuItem icon={Timer} onSelect={() => onOpen('age')}>
        Disappearing messages
      </MenuItem>
      {'peer' in target && <CallNotificationsItem />}
      <MenuLine />
      {'peer' in target && (
        <MenuItem
          icon={Ban}
          danger={!isBlocked}
          onSelect={() => void (isBlocked ? client.unblock(target.peer) : client.block(target.peer))}
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
