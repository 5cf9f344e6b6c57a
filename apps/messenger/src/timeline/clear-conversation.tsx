import type { Target } from '@stoa/client';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';

/** Asks before all messages of a chat are deleted. */
export function ClearConversation({
  target,
  name,
  onClose,
}: {
  target: Target;
  name: string;
  onClose: () => void;
}) {
  const { client } = useWorkspace();
  return (
    <Dialog
      title="Clear this chat?"
      note={`All messages are deleted from your devices. ${name} keeps them.`}
      onClose={onClose}
    >
      <DialogActions>
        <button type="button" className={controls.quiet} onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className={controls.danger}
          onClick={() => {
            void client.clearConversation(target);
            onClose();
          }}
        >
          Delete all messages
        </button>
      </DialogActions>
    </Dialog>
  );
}
