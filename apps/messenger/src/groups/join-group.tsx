import { conversationId } from '@stoa/client';
import { useEffect, useRef } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { openConversation } from '../hooks/use-route.ts';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import styles from './groups.module.css';
import { leaveInvitation } from './invitation.ts';

/** Joins the group of a link that was opened, and goes there; or says why it cannot be. */
export function JoinGroup({ gid, pin }: { gid: number; pin: number }) {
  const { client } = useWorkspace();
  const isOnline = useStatus().state === 'online';
  const { attempt, failure } = useAttempt();
  const begun = useRef(false);

  useEffect(() => {
    if (!isOnline || begun.current) return;
    begun.current = true;
    void attempt(async () => {
      await client.groups.join(gid, pin);
      openConversation(conversationId({ gid }));
    });
  }, [attempt, client, gid, pin, isOnline]);

  return (
    <Dialog title="Invitation to a group" onClose={leaveInvitation}>
      {failure === '' && <p role="status">Joining…</p>}
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
      <DialogActions>
        <button type="button" className={controls.quiet} onClick={leaveInvitation}>
          Close
        </button>
      </DialogActions>
    </Dialog>
  );
}
