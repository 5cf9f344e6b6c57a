import { useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';

/** Asks first: what this browser keeps goes with the user, so that who comes next finds nothing. */
export function SignOutDialog({ onClose, onSignedOut }: { onClose: () => void; onSignedOut: () => void }) {
  const workspace = useWorkspace();
  const [isBusy, setBusy] = useState(false);

  async function signOut(): Promise<void> {
    setBusy(true);
    await workspace.signOut();
    onSignedOut();
  }

  return (
    <Dialog
      title="Sign out?"
      note="Your messages are removed from this browser. They come back when you sign in again; what was not sent yet is lost."
      onClose={onClose}
    >
      <DialogActions>
        <button type="button" className={controls.quiet} onClick={onClose}>
          Stay
        </button>
        <button type="button" className={controls.danger} disabled={isBusy} onClick={() => void signOut()}>
          Sign out now
        </button>
      </DialogActions>
    </Dialog>
  );
}
