import { BellRing } from 'lucide-react';
import { MenuItem } from '../ui/menu.tsx';

/** Asks for the permission to show calls while the page cannot be seen; nothing once the user has decided. */
export function CallNotificationsItem() {
  if (globalThis.Notification?.permission !== 'default') return null;
  return (
    <MenuItem icon={BellRing} onSelect={() => void Notification.requestPermission()}>
      Notify me of calls
    </MenuItem>
  );
}
