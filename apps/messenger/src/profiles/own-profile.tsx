import type { Profile } from '@stoa/client';
import { type Audience, limits } from '@stoa/protocol';
import { useEffect, useState } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { PictureButton } from './picture-button.tsx';
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

function ProfileForm({
  profile,
  busy,
  onSave,
}: {
  profile: Profile;
  busy: boolean;
  onSave: (change: {
    name: string;
    status: string;
    searchable: boolean;
    visibility: { status: Audience; picture: Audience; online: Audience; seen: Audience };
  }) => void;
}) {
  const [name, setName] = useState(profile.name);
  const [status, setStatus] = useState(profile.status ?? '');
  const [searchable, setSearchable] = useState(profile.searchable ?? false);
  const [statusFor, setStatusFor] = useState<Audience>(profile.visibility?.status ?? 'everybody');
  const [onlineFor, setOnlineFor] = useState<Audience>(profile.visibility?.online ?? 'everybody');
  const [seenFor, setSeenFor] = useState<Audience>(profile.visibility?.seen ?? 'everybody');
  const [pictureFor, setPictureFor] = useState<Audience>(profile.visibility?.picture ?? 'everybody');
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSave({
          name,
          status,
          searchable,
          visibility: { status: statusFor, picture: pictureFor, online: onlineFor, seen: seenFor },
        });
      }}
    >
      <label>
        Name
        <input
          className={controls.field}
          value={name}
          maxLength={limits.nameLength}
          autoComplete="name"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        Status
        <input
          className={controls.field}
          value={status}
          maxLength={limits.profileStatusLength}
          placeholder="A few words about you"
          onChange={(event) => setStatus(event.target.value)}
        />
      </label>
      <AudienceChoice label="Who sees your status" value={statusFor} onChange={setStatusFor} />
      <AudienceChoice label="Who sees your picture" value={pictureFor} onChange={setPictureFor} />
      <AudienceChoice label="Who sees that you are online" value={onlineFor} onChange={setOnlineFor} />
      <AudienceChoice label="Who sees when you were online" value={seenFor} onChange={setSeenFor} />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={searchable}
          onChange={(event) => setSearchable(event.target.checked)}
        />
        Others find you by your name
      </label>
      <DialogActions>
        <button type="submit" className={controls.primary} disabled={busy}>
          Save
        </button>
      </DialogActions>
    </form>
  );
}

function AudienceChoice({
  label,
  value,
  onChange,
}: {
  label: string;
  value: Audience;
  onChange: (audience: Audience) => void;
}) {
  return (
    <label>
      {label}
      <select
        className={controls.field}
        value={value}
        onChange={({ target }) => {
          const chosen = audiences.find(([audience]) => audience === target.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {typeof value === 'number' && <option value={value}>Contacts of access level {value}</option>}
        {audiences.map(([audience, text]) => (
          <option key={audience} value={audience}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const audiences: readonly (readonly [Audience, string])[] = [
  ['everybody', 'Everybody'],
  ['contacts', 'Your contacts'],
  ['nobody', 'Nobody'],
];
