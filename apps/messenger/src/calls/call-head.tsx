import { Maximize2, Minimize2 } from 'lucide-react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import type { CallView } from './call-board.ts';
import { CallFacts } from './call-facts.tsx';
import styles from './call-head.module.css';

/** With whom, unless that stands in the middle; and the button that makes the call small or large. */
export function CallHead({
  view,
  name,
  text,
  isExpanded,
  isNamed,
}: {
  view: CallView;
  name: string;
  text: string;
  isExpanded: boolean;
  isNamed: boolean;
}) {
  const { calls } = useWorkspace();
  const { call, peerMedia } = view;
  const label = isExpanded ? 'Make the call small' : 'Show the call';
  const Icon = isExpanded ? Minimize2 : Maximize2;
  return (
    <header className={styles.head}>
      {!isExpanded && !peerMedia.video && <Avatar address={call.peer} name={name} size={40} />}
      <div className={styles.who}>
        {isNamed && (
          <>
            <h2 className={styles.name}>{name}</h2>
            <p className={styles.line}>
              {text !== '' && !isExpanded ? (
                <span className={styles.text}>{text}</span>
              ) : (
                <CallFacts view={view} />
              )}
            </p>
          </>
        )}
      </div>
      <button
        type="button"
        className={styles.size}
        aria-label={label}
        title={label}
        onClick={() => calls.expand(!isExpanded)}
      >
        <Icon size={20} />
      </button>
    </header>
  );
}
