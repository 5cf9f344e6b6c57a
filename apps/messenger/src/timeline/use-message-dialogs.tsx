import type { LocalMessage } from '@stoa/client';
import { type ReactNode, useState } from 'react';
import { ForwardMessage } from '../forward/forward-message.tsx';
import { DeleteMessage } from './delete-message.tsx';
import type { MessageAction } from './message-actions.ts';
import { MessageInfo } from './message-info.tsx';

/** The dialogs about single messages: which one is open, and how it is opened. */
export function useMessageDialogs(onRefused: (error: Error) => void): {
  dialog: ReactNode;
  open: (action: MessageAction, message: LocalMessage) => void;
} {
  const [opened, setOpened] = useState<{ action: MessageAction; message: LocalMessage }>();
  const onClose = (): void => setOpened(undefined);
  return {
    dialog: dialogOf(),
    open: (action, message) => setOpened({ action, message }),
  };

  function dialogOf(): ReactNode {
    if (opened === undefined) return null;
    const { action, message } = opened;
    if (action === 'info') return <MessageInfo message={message} onClose={onClose} />;
    if (action === 'forward') return <ForwardMessage message={message} onClose={onClose} />;
    if (action === 'delete')
      return <DeleteMessage message={message} onClose={onClose} onRefused={onRefused} />;
    return null;
  }
}
