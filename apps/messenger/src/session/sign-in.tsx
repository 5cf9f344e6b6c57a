import { type FormEvent, useEffect, useState } from 'react';
import controls from '../ui/controls.module.css';
import { Logo } from '../ui/logo.tsx';
import { DemoError, demoUsers, type Person, signInToDemo } from './demo-api.ts';
import { ExistingPeople } from './existing-people.tsx';
import type { Session } from './session.ts';
import styles from './sign-in.module.css';
import { SwitchedOff } from './switched-off.tsx';

/** Becomes any user of the demo app: somebody who exists, or somebody new. */
export function SignIn({ onSignIn }: { onSignIn: (session: Session, remember: boolean) => void }) {
  const [people, setPeople] = useState<readonly Person[]>([]);
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<DemoError>();

  useEffect(() => {
    let gone = false;
    demoUsers().then(
      (users) => gone || setPeople(users),
      (failure) => gone || setError(asDemoError(failure)),
    );
    return () => {
      gone = true;
    };
  }, []);

  async function signInAs(person: Person): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      onSignIn(await signInToDemo(person.address, person.name), remember);
    } catch (failure) {
      setError(asDemoError(failure));
      setBusy(false);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void signInAs({ address: address.trim(), name: name.trim() });
  }

  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Logo size={56} />
        <h1 className={styles.title}>Sign in to Stoa</h1>
        {error?.switchedOff === true ? (
          <SwitchedOff error={error} />
        ) : (
          <>
            <p className={styles.lead}>This is the demo: be anybody, no password needed.</p>
            <form className={styles.form} onSubmit={submit}>
              <label className={styles.label}>
                Address
                <input
                  className={controls.field}
                  required
                  maxLength={63}
                  pattern=".*\S.*"
                  title="One to 63 characters"
                  autoComplete="username"
                  autoCapitalize="none"
                  spellCheck={false}
                  placeholder="alice"
                  value={address}
                  onChange={(event) => setAddress(event.target.value)}
                />
              </label>
              <label className={styles.label}>
                <span>
                  Name <span className={styles.optional}>(optional)</span>
                </span>
                <input
                  className={controls.field}
                  maxLength={127}
                  autoComplete="name"
                  placeholder="Alice Archer"
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              </label>
              <label className={styles.remember}>
                <input
                  type="checkbox"
                  checked={remember}
                  onChange={(event) => setRemember(event.target.checked)}
                />
                Sign new tabs in as this user, too
              </label>
              <button type="submit" className={controls.primary} disabled={busy}>
                {busy ? 'Signing in…' : 'Sign in'}
              </button>
              {error !== undefined && (
                <p className={styles.error} role="alert">
                  {error.message} {error.hint}
                </p>
              )}
            </form>
            <ExistingPeople people={people} busy={busy} onPick={signInAs} />
          </>
        )}
      </div>
    </main>
  );
}

function asDemoError(failure: unknown): DemoError {
  if (failure instanceof DemoError) return failure;
  return new DemoError('Something went wrong in this page.', 'Reload it, then try again.');
}
