import { conversationId } from '@stoa/client';
import { useAttempt } from '../hooks/use-attempt.ts';
import { openConversation } from '../hooks/use-route.ts';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import styles from './groups.module.css';
import { leaveInvitation } from './invitation.ts';

/** Asks whether to join the group of a link that was opened, and goes there; or says why it cannot be. */
export function JoinGroup({ gid, pin }: { gid: number; pin: number }) {
  const { client } = useWorkspace();
  const isOnline = useStatus().state === 'online';
  const { attempt, busy, failure } = useAttempt();

  const join = (): void =>
    void attempt(async () => {
      await client.groups.join(gid, pin);
      openConversation(conversationId({ gid }));
    });

  return (
    <Dialog
      title="Invitation to a group"
      note="Its members will see your name and what you write there."
      onClose={leaveInvitation}
    >
      {!isOnline && <p role="status">Waiting for the connection…</p>}
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
      <DialogActions>
        <button type="button" className={controls.quiet} onClick={leaveInvitation}>
          Not now
        </button>
        <button type="button" className={controls.primary} disabled={busy || !isOnline} onClick={join}>
          {busy ? 'Joining…' : 'Join group'}
        </button>
      </DialogActions>
    </Dialog>
  );
}
