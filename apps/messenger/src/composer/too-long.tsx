import styles from './composer.module.css';

/** Why a text cannot be sent as it is. */
export function TooLong({ bytes }: { bytes: number }) {
  return (
    <p className={styles.excess} role="alert">
      This is {bytes.toLocaleString()} bytes too long. Send it in parts.
    </p>
  );
}
