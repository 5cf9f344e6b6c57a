import type { LocalMessage } from '@stoa/client';
import {
  ChevronDown,
  Copy,
  Forward,
  Info,
  Lock,
  type LucideIcon,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  Trash2,
} from 'lucide-react';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { actionsFor, isReactable, type MessageAction } from './message-actions.ts';
import styles from './message-menu.module.css';
import { ReactionBar } from './reaction-bar.tsx';

const items: Record<MessageAction, { readonly icon: LucideIcon; readonly label: string }> = {
  reply: { icon: Reply, label: 'Reply' },
  thread: { icon: MessagesSquare, label: 'Open thread' },
  edit: { icon: Pencil, label: 'Edit' },
  copy: { icon: Copy, label: 'Copy text' },
  forward: { icon: Forward, label: 'Forward' },
  pin: { icon: Pin, label: 'Pin' },
  unpin: { icon: PinOff, label: 'Unpin' },
  closePoll: { icon: Lock, label: 'Close the poll' },
  info: { icon: Info, label: 'Message info' },
  delete: { icon: Trash2, label: 'Delete' },
};

/** What can be done with a message. Also opened by a right click, a long press, and Enter on the message. */
export function MessageMenu({
  message,
  open,
  onOpenChange,
  onAction,
  onReact,
}: {
  message: LocalMessage;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onAction: (action: MessageAction, message: LocalMessage) => void;
  onReact: (message: LocalMessage, emoji: string, on: boolean) => void;
}) {
  return (
    <Menu
      label="Message actions"
      icon={ChevronDown}
      className={styles.trigger}
      open={open}
      onOpenChange={onOpenChange}
      tabIndex={-1}
    >
      {isReactable(message) && <ReactionBar message={message} onReact={onReact} />}
      {actionsFor(message).map((action) => (
        <MenuItem
          key={action}
          icon={items[action].icon}
          danger={action === 'delete'}
          onSelect={() => onAction(action, message)}
        >
          {items[action].label}
        </MenuItem>
      ))}
    </Menu>
  );
}
