import { Avatar } from '../ui/avatar.tsx';
import type { Person } from './demo-api.ts';
import styles from './sign-in.module.css';

/** Users of the demo app, to sign in as one of them with a click. */
export function ExistingPeople({
  people,
  busy,
  onPick,
}: {
  people: readonly Person[];
  busy: boolean;
  onPick: (person: Person) => void;
}) {
  if (people.length === 0) return null;
  return (
    <section className={styles.people} aria-labelledby="existing">
      <h2 id="existing" className={styles.heading}>
        Or continue as
      </h2>
      <ul className={styles.list}>
        {people.map((person) => (
          <li key={person.address}>
            <button type="button" className={styles.person} disabled={busy} onClick={() => onPick(person)}>
              <Avatar address={person.address} name={person.name || person.address} size={32} />
              {person.name || person.address}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
