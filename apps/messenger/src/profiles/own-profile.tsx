import type { Profile } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import { Dialog } from '../ui/dialog.tsx';
import { PictureButton } from './picture-button.tsx';
import { ProfileForm } from './profile-form.tsx';
import styles from './profiles.module.css';

/** What the user says of himself, and who may see it. */
export function OwnProfile({ onClose }: { onClose: () => void }) {
  const { client, session } = useWorkspace();
  const [profile, setProfile] = useState<Profile>();
  const { attempt, busy, failure } = useAttempt();

  useEffect(() => {
    void attempt(async () => setProfile(await client.profiles.own()));
  }, [client, attempt]);

  const name = profile?.name || session.address;
  const setPicture = (file: File): Promise<void> =>
    attempt(async () => {
      const { id, thumbnail } = await client.files.uploadPicture(file);
      const picture = { id, ...(thumbnail !== undefined && { thumbnail }) };
      setProfile(await client.profiles.update({ picture }));
    });
  return (
    <Dialog title="Your profile" note={session.address} onClose={onClose}>
      <div className={styles.own}>
        <Avatar address={session.address} name={name} size={48} />
        <PictureButton busy={busy} onChoose={(file) => void setPicture(file)} />
        {profile?.picture !== undefined && (
          <button
            type="button"
            className={controls.quiet}
            disabled={busy}
            onClick={() =>
              void attempt(async () => setProfile(await client.profiles.update({ picture: {} })))
            }
          >
            Remove picture
          </button>
        )}
      </div>
      {profile !== undefined && (
        <ProfileForm
          profile={profile}
          busy={busy}
          onSave={(change) =>
            void attempt(async () => {
              await client.profiles.update(change);
              onClose();
            })
          }
        />
      )}
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
    </Dialog>
  );
}
