import { Group, Item } from '@radix-ui/react-dropdown-menu';
import type { LocalMessage } from '@stoa/client';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import styles from './reactions.module.css';

const quick = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

/** Reactions at hand, in the menu of a message. */
export function ReactionBar({
  message,
  onReact,
}: {
  message: LocalMessage;
  onReact: (message: LocalMessage, emoji: string, on: boolean) => void;
}) {
  const { session } = useWorkspace();
  const isOwn = (emoji: string): boolean =>
    message.reactions?.find((one) => one.emoji === emoji)?.users.includes(session.address) === true;
  return (
    <Group className={styles.bar} aria-label="React">
      {quick.map((emoji) => (
        <Item
          key={emoji}
          className={styles.quick}
          data-own={isOwn(emoji)}
          aria-label={isOwn(emoji) ? `Take ${emoji} back` : `React with ${emoji}`}
          onSelect={() => onReact(message, emoji, !isOwn(emoji))}
        >
          {emoji}
        </Item>
      ))}
    </Group>
  );
}
