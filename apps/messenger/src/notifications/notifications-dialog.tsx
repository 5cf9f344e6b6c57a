import { useState } from 'react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog } from '../ui/dialog.tsx';
import type { NotificationState } from './notifications.ts';

const words: Readonly<Record<NotificationState, string>> = {
  unsupported:
    'This browser cannot show notifications of this page. On iPhones and iPads, add it to the home screen first.',
  denied:
    'You have told this browser not to show notifications of this page. Change it in its settings first.',
  off: 'Show messages and calls while you are not looking at this page, also when it is closed. Your browser will ask you for permission.',
  on: 'This browser shows messages and calls while you are not looking at this page, also when it is closed.',
};

/** Where the user decides about notifications; nothing asks him before. */
export function NotificationsDialog({ onClose }: { onClose: () => void }) {
  const { notifications } = useWorkspace();
  const state = useLive(notifications);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');

  async function change(): Promise<void> {
    setBusy(true);
    setFailure('');
    try {
      await (state === 'on' ? notifications.turnOff() : notifications.turnOn());
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  }

  return (
    <Dialog title="Notifications" note={words[state]} onClose={onClose}>
      {failure !== '' && <p role="alert">{failure}</p>}
      {(state === 'off' || state === 'on') && (
        <button type="button" className={controls.quiet} disabled={busy} onClick={() => void change()}>
          {state === 'on' ? 'Turn off' : 'Turn on'}
        </button>
      )}
    </Dialog>
  );
}
