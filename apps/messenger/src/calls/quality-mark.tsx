import type { CallQuality } from '@stoa/client';
import { SignalHigh, SignalLow, SignalMedium } from 'lucide-react';
import styles from './quality-mark.module.css';

const marks = {
  good: { Icon: SignalHigh, label: 'Good connection' },
  fair: { Icon: SignalMedium, label: 'Fair connection' },
  poor: { Icon: SignalLow, label: 'Poor connection' },
} as const;

/** How good the connection is. Its title tells more. */
export function QualityMark({ quality: { level, rttMs, relayed } }: { quality: CallQuality }) {
  const { Icon, label } = marks[level];
  const delay = rttMs === undefined ? '' : `, ${rttMs} ms to the other side and back`;
  return (
    <Icon size={16} className={styles.mark} role="img" aria-label={label} data-level={level}>
      <title>{`${label}${delay}${relayed === true ? ', through a relay' : ''}`}</title>
    </Icon>
  );
}
