import { type Content, limits } from '@stoa/protocol';
import { useState } from 'react';
import { PickPeople } from '../groups/pick-people.tsx';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';

const nobody: ReadonlySet<string> = new Set();

/** Asks whose cards are to be sent. */
export function SendContacts({
  onContent,
  onClose,
}: {
  onContent: (content: Content) => void;
  onClose: () => void;
}) {
  const people = useLive(useWorkspace().people);
  const [picked, setPicked] = useState<readonly string[]>([]);

  function send(): void {
    const contacts = picked.map((address) => {
      const name = people.find((person) => person.address === address)?.name || address;
      return { name, address };
    });
    onContent({ contacts });
    onClose();
  }

  return (
    <Dialog title="Send contacts" onClose={onClose}>
      <PickPeople
        picked={picked}
        without={nobody}
        onPick={(next) => setPicked(next.slice(0, limits.contacts))}
      />
      <DialogActions>
        <button type="button" className={controls.primary} disabled={picked.length === 0} onClick={send}>
          Send
        </button>
      </DialogActions>
    </Dialog>
  );
}
