import { MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import { useNow } from '../hooks/use-now.ts';
import controls from '../ui/controls.module.css';
import { Dialog } from '../ui/dialog.tsx';
import { lastSeen } from '../ui/time.ts';
import styles from './devices-dialog.module.css';
import { type Device, useDevices } from './use-devices.ts';

/** The devices on which the user is signed in. */
export function DevicesDialog({ onClose }: { onClose: () => void }) {
  const { devices, failure, load, signOut } = useDevices();

  return (
    <Dialog title="Linked devices" onClose={onClose}>
      {failure !== '' && (
        <p className={styles.failure} role="alert">
          {failure}{' '}
          <button type="button" className={controls.quiet} onClick={() => void load()}>
            Try again
          </button>
        </p>
      )}
      {devices === undefined && failure === '' && <p role="status">Loading…</p>}
      {devices !== undefined && (
        <ul className={styles.list} aria-label="Devices">
          {devices.map((device) => (
            <DeviceRow key={device.dev} device={device} onSignOut={signOut} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function DeviceRow({ device, onSignOut }: { device: Device; onSignOut: (device: Device) => Promise<void> }) {
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const name = device.agent === '' ? 'Unknown client' : device.agent;

  async function signOut(): Promise<void> {
    setBusy(true);
    await onSignOut(device);
    setBusy(false);
  }

  return (
    <li className={styles.device}>
      <MonitorSmartphone size={20} className={styles.symbol} />
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span className={styles.state}>{stateOf(device, now)}</span>
      </span>
      {!device.current && (
        <button
          type="button"
          className={controls.quiet}
          aria-label={`Sign out ${name}`}
          disabled={busy}
          onClick={() => void signOut()}
        >
          Sign out
        </button>
      )}
    </li>
  );
}

function stateOf({ current, online, lastSeen: seen }: Device, now: number): string {
  if (current) return 'This browser';
  return online ? 'Connected now' : lastSeen(seen, now);
}
