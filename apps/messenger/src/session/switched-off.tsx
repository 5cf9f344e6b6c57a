import type { DemoError } from './demo-api.ts';
import styles from './sign-in.module.css';

/** Why nobody can sign in here, and what to do about it. */
export function SwitchedOff({ error }: { error: DemoError }) {
  return (
    <div className={styles.off} role="alert">
      <p>
        <strong>{error.message}</strong>
      </p>
      <p>{error.hint}</p>
      <p>Your application signs its users in with tokens that its own back end asks the server for.</p>
    </div>
  );
}
