import { X } from 'lucide-react';
import { useState } from 'react';
import { findContacts } from '../conversations/contacts.ts';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import styles from './groups.module.css';

/** Chooses users: from those who are known, or by typing an address. `without`: who cannot be chosen. */
export function PickPeople({
  picked,
  without,
  onPick,
}: {
  picked: readonly string[];
  without: ReadonlySet<string>;
  onPick: (picked: readonly string[]) => void;
}) {
  const { conversations, people, session } = useWorkspace();
  const [typed, setTyped] = useState('');
  const found = findContacts(useLive(conversations) ?? [], useLive(people), typed, session.address);
  const chats = found.chats.flatMap(({ target, name }) =>
    'peer' in target ? [{ address: target.peer, name }] : [],
  );
  const candidates = [
    ...chats,
    ...found.people,
    ...(found.address === undefined ? [] : [{ address: found.address, name: '' }]),
  ].filter(
    ({ address }) => address !== session.address && !picked.includes(address) && !without.has(address),
  );

  function pick(address: string): void {
    onPick([...picked, address]);
    setTyped('');
  }

  return (
    <>
      {picked.length > 0 && (
        <ul className={styles.picked} aria-label="Chosen people">
          {picked.map((address) => (
            <li key={address}>
              <button
                type="button"
                className={styles.chip}
                aria-label={`Do not add ${address}`}
                onClick={() => onPick(picked.filter((other) => other !== address))}
              >
                {address}
                <X size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        type="search"
        className={controls.field}
        placeholder="Search people, or type an address"
        aria-label="Search people, or type an address"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={() => void people.load()}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          const [first] = candidates;
          if (first !== undefined && typed.trim() !== '') pick(first.address);
        }}
      />
      <ul className={styles.people} aria-label="People">
        {candidates.map(({ address, name }) => (
          <li key={address}>
            <button type="button" className={styles.person} onClick={() => pick(address)}>
              <Avatar address={address} name={name || address} size={32} />
              <span className={styles.name}>{name || address}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
