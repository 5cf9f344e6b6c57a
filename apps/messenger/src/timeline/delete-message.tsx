import { type LocalMessage, targetOf } from '@stoa/client';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { isRecallable } from './message-actions.ts';

/** Asks for whom a message is to be deleted. */
export function DeleteMessage({
  message,
  onClose,
  onRefused,
}: {
  message: LocalMessage;
  onClose: () => void;
  /** The server did not take it back. */
  onRefused: (error: Error) => void;
}) {
  const { client } = useWorkspace();

  function forMe(): void {
    client.deleteMessages(targetOf(message.conversation), [message.order]).catch(onRefused);
    onClose();
  }

  function forEveryone(): void {
    client.recall(message).done.catch(onRefused);
    onClose();
  }

  return (
    <Dialog
      title="Delete this message?"
      note="Deleting it for you removes it from all of your devices. Others keep it."
      onClose={onClose}
    >
      <DialogActions>
        <button type="button" className={controls.quiet} onClick={onClose}>
          Cancel
        </button>
        <button type="button" className={controls.danger} onClick={forMe}>
          Delete for me
        </button>
        {isRecallable(message) && (
          <button type="button" className={controls.danger} onClick={forEveryone}>
            Delete for everyone
          </button>
        )}
      </DialogActions>
    </Dialog>
  );
}
