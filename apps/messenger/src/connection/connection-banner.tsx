import type { ConnectionStatus } from '@stoa/client';
import type { StoaError } from '@stoa/protocol';
import { CloudOff, LoaderCircle, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useLive } from '../hooks/live.ts';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import styles from './connection-banner.module.css';

/** Says what is wrong with the connection. It floats: nothing moves, and everything stays readable. */
export function ConnectionBanner({ onSignOut }: { onSignOut: () => void }) {
  const status = useStatus();
  const [settled, setSettled] = useState(status);
  if (status.state !== 'connecting' && status !== settled) setSettled(status);
  // While it is gone, every attempt to connect would make the notice flicker.
  const shown = status.state === 'connecting' && settled.state === 'offline' ? settled : status;
  const failure = useLive(useWorkspace().failure);
  return (
    <div className={styles.place} role="status" data-connection={status.state}>
      {failure === undefined ? (
        <Notice status={shown} onSignOut={onSignOut} />
      ) : (
        <NoStore failure={failure} />
      )}
    </div>
  );
}

function Notice({ status, onSignOut }: { status: ConnectionStatus; onSignOut: () => void }) {
  const { client } = useWorkspace();
  switch (status.state) {
    case 'online':
    case 'stopped':
      return null;
    case 'connecting':
      return (
        <p className={`${styles.banner} ${styles.patient}`}>
          <LoaderCircle size={16} className={styles.spinner} />
          Connecting…
        </p>
      );
    case 'offline':
      return (
        <p className={styles.banner}>
          <CloudOff size={16} />
          No connection. What you write is sent as soon as it is back.
        </p>
      );
    case 'refused':
      return (
        <p className={styles.banner} data-refused>
          <TriangleAlert size={16} />
          {status.error.message}
          <Remedy code={status.error.code} onSignOut={onSignOut} onStart={() => void client.start()} />
        </p>
      );
  }
}

/** What the user can do about it, by the code of the refusal. */
function Remedy({
  code,
  onSignOut,
  onStart,
}: {
  code: StoaError['code'];
  onSignOut: () => void;
  onStart: () => void;
}) {
  switch (code) {
    // Another device, or another user of this browser, was there instead.
    case 'DISPLACED':
    case 'CONFLICT':
      return <Action onClick={onStart}>Use here</Action>;
    case 'UNSUPPORTED_VERSION':
      return <Action onClick={() => window.location.reload()}>Reload</Action>;
    default:
      return <Action onClick={onSignOut}>Sign in again</Action>;
  }
}

function Action({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <button type="button" className={styles.action} onClick={onClick}>
      {children}
    </button>
  );
}

function NoStore({ failure }: { failure: Error }) {
  return (
    <p className={styles.banner} data-refused>
      <TriangleAlert size={16} />
      This browser does not let the page keep messages: {failure.message}
    </p>
  );
}
