import type { Profile, ProfileChange } from '@stoa/client';
import { limits, type PresenceAudience } from '@stoa/protocol';
import { useState } from 'react';
import controls from '../ui/controls.module.css';
import { DialogActions } from '../ui/dialog.tsx';
import { presenceChoiceOf, presenceChoices, presenceModes } from './presence-choice.ts';
import { audienceKey, type ProfileFormValues, profileChange } from './profile-change.ts';
import styles from './profiles.module.css';

/** What can be written and chosen of the own profile; hands on what was changed of it. */
export function ProfileForm({
  profile,
  busy,
  onSave,
}: {
  profile: Profile;
  busy: boolean;
  onSave: (change: ProfileChange) => void;
}) {
  const [name, setName] = useState(profile.name);
  const [status, setStatus] = useState(profile.status ?? '');
  const [searchable, setSearchable] = useState(profile.searchable ?? false);
  const [shownTo, setShownTo] = useState({ ...forEverybody, ...profile.visibility });
  const [presence, setPresence] = useState(presenceChoiceOf(profile.presence));
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        const chosen = presenceModes[presence];
        onSave(profileChange(profile, { name, status, searchable, visibility: shownTo, presence: chosen }));
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
      <Choice
        label="When you are online"
        value={presence}
        choices={presenceChoices}
        keyOf={(choice) => choice}
        onChoose={setPresence}
      />
      {audienceLabels.map(([what, label]) => (
        <Choice
          key={what}
          label={label}
          value={shownTo[what]}
          choices={audiencesWith(shownTo[what])}
          keyOf={audienceKey}
          onChoose={(audience) => setShownTo({ ...shownTo, [what]: audience })}
        />
      ))}
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

function Choice<T>({
  label,
  value,
  choices,
  keyOf,
  onChoose,
}: {
  label: string;
  value: T;
  choices: readonly (readonly [T, string])[];
  /** A text of its own for each of them. */
  keyOf: (choice: T) => string;
  onChoose: (choice: T) => void;
}) {
  return (
    <label>
      {label}
      <select
        className={controls.field}
        value={keyOf(value)}
        onChange={({ target }) => {
          const chosen = choices.find(([choice]) => keyOf(choice) === target.value);
          if (chosen !== undefined) onChoose(chosen[0]);
        }}
      >
        {choices.map(([choice, text]) => (
          <option key={keyOf(choice)} value={keyOf(choice)}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const forEverybody: ProfileFormValues['visibility'] = {
  status: 'everybody',
  picture: 'everybody',
  online: 'everybody',
  seen: 'everybody',
};

const audienceLabels = [
  ['online', 'Who sees that you are online'],
  ['seen', 'Who sees when you were online'],
  ['status', 'Who sees your status'],
  ['picture', 'Who sees your picture'],
] as const;

const audiences: readonly (readonly [PresenceAudience, string])[] = [
  ['everybody', 'Everybody'],
  ['contacts', 'Your contacts'],
  ['nobody', 'Nobody'],
];

/** An access level and a group can be chosen by other applications alone. */
function audiencesWith(value: PresenceAudience): readonly (readonly [PresenceAudience, string])[] {
  if (typeof value === 'number') return [[value, `Contacts of access level ${value}`], ...audiences];
  return typeof value === 'object' ? [[value, 'Members of a group'], ...audiences] : audiences;
}
