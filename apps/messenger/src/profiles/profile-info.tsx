import { useEffect, useState } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { BlockButtons } from './block-buttons.tsx';
import styles from './profiles.module.css';
import { useProfile } from './use-profile.ts';

/** How somebody else shows himself, and whether he is a contact. */
export function ProfileInfo({ address, onClose }: { address: string; onClose: () => void }) {
  const { client } = useWorkspace();
  const profile = useProfile(address);
  const [isContact, setIsContact] = useState<boolean>();
  const { attempt, busy, failure } = useAttempt();

  useEffect(() => {
    void client.contacts.list().then((contacts) => setIsContact(contacts.includes(address)));
    return client.on('contact', (changed, isNow) => {
      if (changed === address) setIsContact(isNow);
    });
  }, [client, address]);

  const name = profile?.name || address;
  const url = profile?.picture?.url;
  return (
    <Dialog title={name} note={address} onClose={onClose}>
      <div className={styles.picture}>
        {url === undefined ? (
          <Avatar address={address} name={name} size={128} />
        ) : (
          <img className={styles.large} src={url} alt={name} />
        )}
        {profile?.status !== undefined && <p className={styles.status}>{profile.status}</p>}
      </div>
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
      <BlockButtons address={address} />
      <DialogActions>
        <button
          type="button"
          className={controls.quiet}
          disabled={busy || isContact === undefined}
          onClick={() =>
            void attempt(() => (isContact ? client.contacts.remove(address) : client.contacts.add(address)))
          }
        >
          {isContact ? 'Remove from your contacts' : 'Add to your contacts'}
        </button>
      </DialogActions>
    </Dialog>
  );
}
