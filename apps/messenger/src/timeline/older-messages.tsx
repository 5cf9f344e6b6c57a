import { LoaderCircle } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import { useStatus } from '../hooks/use-status.ts';
import controls from '../ui/controls.module.css';
import styles from './timeline.module.css';
import type { TimelineState } from './timeline-model.ts';

/** The upper end of the timeline: loads older messages before the reader gets there. */
export function OlderMessages({
  scroller,
  state: { older, messages },
  load,
  name,
}: {
  scroller: RefObject<HTMLElement | null>;
  state: TimelineState;
  load: () => void;
  name: string;
}) {
  const end = useRef<HTMLDivElement>(null);
  const first = messages[0]?.order;
  const isOnline = useStatus().state === 'online';

  // biome-ignore lint/correctness/useExhaustiveDependencies: after each page, look anew whether the end is near.
  useEffect(() => {
    if (older !== 'more' || end.current === null) return;
    const options = { root: scroller.current, rootMargin: '800px 0px 0px' };
    const observer = new IntersectionObserver(
      (entries) => entries.some((e) => e.isIntersecting) && load(),
      options,
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [older, first, scroller, load]);

  return (
    <div ref={end} className={styles.older}>
      {older === 'loading' && (
        <LoaderCircle size={20} className={styles.spinner} aria-label="Loading older messages" />
      )}
      {older === 'later' && !isOnline && 'Older messages are loaded when the connection is back.'}
      {older === 'later' && isOnline && (
        <>
          Older messages could not be loaded.
          <button type="button" className={controls.quiet} onClick={load}>
            Try again
          </button>
        </>
      )}
      {older === 'none' &&
        (messages.length === 0 ? `Say hello to ${name}.` : `This is where your chat with ${name} begins.`)}
    </div>
  );
}
