import type { MessageStatus } from '@stoa/client';
import { Ban, CalendarClock, Check, CheckCheck, CircleAlert, Clock, TimerOff } from 'lucide-react';
import styles from './message-ticks.module.css';

const ticks = {
  outbox: { Icon: Clock, label: 'Waiting to be sent', style: undefined },
  sent: { Icon: Check, label: 'Sent', style: undefined },
  delivered: { Icon: CheckCheck, label: 'Delivered', style: undefined },
  read: { Icon: CheckCheck, label: 'Read', style: styles.read },
  blocked: { Icon: Ban, label: 'Not taken by the receiver', style: styles.failed },
  scheduled: { Icon: CalendarClock, label: 'Scheduled', style: undefined },
  failed: { Icon: CircleAlert, label: 'Not sent', style: styles.failed },
  expired: { Icon: TimerOff, label: 'Expired before it was delivered', style: undefined },
} as const;

/** How far an own message has got. */
export function MessageTicks({ status }: { status: MessageStatus }) {
  if (status === 'unread' || status === 'seen') return null;
  const { Icon, label, style } = ticks[status];
  return (
    <Icon size={16} className={style} role="img" aria-label={label} data-status={status}>
      <title>{label}</title>
    </Icon>
  );
}
