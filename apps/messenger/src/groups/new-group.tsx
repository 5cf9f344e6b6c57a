import { conversationId } from '@stoa/client';
import { limits } from '@stoa/protocol';
import { useState } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { openConversation } from '../hooks/use-route.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import styles from './groups.module.css';
import { parseInvitation } from './invitation.ts';
import { PickPeople } from './pick-people.tsx';

const nobody: ReadonlySet<string> = new Set();

/** Makes a group, or joins one with a PIN, and goes there. */
export function NewGroup({ onClose }: { onClose: () => void }) {
  const { client } = useWorkspace();
  const { attempt, busy, failure } = useAttempt();
  const [name, setName] = useState('');
  const [members, setMembers] = useState<readonly string[]>([]);
  const [invitation, setInvitation] = useState('');
  const code = parseInvitation(invitation);

  function go(gid: number): void {
    onClose();
    openConversation(conversationId({ gid }));
  }

  return (
    <Dialog title="New group" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(async () => {
            go((await client.groups.create({ name: name.trim(), members: [...members] })).gid);
          });
        }}
      >
        <label>
          Name
          <input
            className={controls.field}
            maxLength={limits.nameLength}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <PickPeople picked={members} without={nobody} onPick={setMembers} />
        <DialogActions>
          <button type="submit" className={controls.primary} disabled={busy || name.trim() === ''}>
            Create group
          </button>
        </DialogActions>
      </form>
      <form
        className={styles.join}
        onSubmit={(event) => {
          event.preventDefault();
          if (code === undefined) return;
          void attempt(async () => {
            await client.groups.join(code.gid, code.pin);
            go(code.gid);
          });
        }}
      >
        <label>
          Invited? Enter the code
          <input
            className={controls.field}
            placeholder="1000-123456"
            autoComplete="off"
            value={invitation}
            onChange={(event) => setInvitation(event.target.value)}
          />
        </label>
        <button type="submit" className={controls.quiet} disabled={busy || code === undefined}>
          Join
        </button>
      </form>
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
    </Dialog>
  );
}
