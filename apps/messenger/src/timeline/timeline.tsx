import type { ConversationId } from '@stoa/client';
import { ArrowDown } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useNow } from '../hooks/use-now.ts';
import { useRovingFocus } from '../hooks/use-roving-focus.ts';
import controls from '../ui/controls.module.css';
import { dayLabel } from '../ui/time.ts';
import { MessageBubble, type MessageHandlers } from './message-bubble.tsx';
import { answersIn } from './message-window.ts';
import { OlderMessages } from './older-messages.tsx';
import styles from './timeline.module.css';
import { timelineDays } from './timeline-days.ts';
import { useReadReceipts } from './use-read-receipts.ts';
import { useScrollToFound } from './use-scroll-to-found.ts';
import type { Timeline as TimelineOnScreen } from './use-timeline.ts';
import { useTimelineScroll } from './use-timeline-scroll.ts';

/** The messages of one conversation, by day. */
export function Timeline({
  id,
  name,
  timeline: { state, loadOlder },
  handlers,
}: {
  id: ConversationId;
  name: string;
  timeline: TimelineOnScreen;
  handlers: MessageHandlers;
}) {
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const { messages, unreadFrom, ready, found } = state;
  const days = useMemo(() => timelineDays(messages, unreadFrom), [messages, unreadFrom]);
  const answers = useMemo(() => answersIn(messages), [messages]);
  const keys = useMemo(() => days.flatMap(({ items }) => items.map(({ key }) => key)), [days]);
  const roving = useRovingFocus(keys, keys.at(-1));
  const { atEnd, toEnd } = useTimelineScroll(scroller, state);
  useScrollToFound(scroller, found);
  useReadReceipts(scroller, id, messages);
  const below = atEnd ? 0 : messages.filter(({ status }) => status === 'unread').length;

  return (
    <div className={styles.frame}>
      <div className={styles.scroller} ref={scroller}>
        <div
          className={styles.log}
          role="log"
          aria-label={`Messages with ${name}`}
          aria-busy={!ready || state.older === 'loading'}
          {...roving.list}
        >
          {ready && <OlderMessages scroller={scroller} state={state} load={loadOlder} name={name} />}
          {days.map(({ start, items }) => (
            <section key={start} className={styles.day}>
              <h2 className={styles.dayLabel}>{dayLabel(start, now)}</h2>
              {items.map(({ key, message, ...place }) => (
                <MessageBubble
                  key={key}
                  message={message}
                  handlers={handlers}
                  found={found !== undefined && message.mid === found}
                  answers={answers.get(message.mid) ?? 0}
                  focusKey={key}
                  tabIndex={roving.tabIndex(key)}
                  {...place}
                />
              ))}
            </section>
          ))}
        </div>
      </div>
      {!atEnd && (
        <button type="button" className={styles.latest} onClick={toEnd}>
          <ArrowDown size={20} />
          <span className={controls.hidden}>Jump to latest</span>
          {below > 0 && (
            <span className={styles.below}>
              {below}
              <span className={controls.hidden}> new</span>
            </span>
          )}
        </button>
      )}
    </div>
  );
}
