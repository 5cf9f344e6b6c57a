import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import type { CallView } from './call-board.ts';
import { CallControls } from './call-controls.tsx';
import { CallEnded } from './call-ended.tsx';
import { CallHead } from './call-head.tsx';
import styles from './call-screen.module.css';
import { CallStage, showsPeerVideo } from './call-stage.tsx';
import { statusText } from './call-words.ts';
import { useMediaActions } from './use-media-actions.ts';
import { usePeerName } from './use-peer-name.ts';

/**
 * The call that the user is in: over the whole page, or as a card beside which he can chat. Escape makes it small and
 * never ends it.
 */
export function CallScreen({ view }: { view: CallView }) {
  const { calls } = useWorkspace();
  const { isExpanded } = useLive(calls);
  const screen = useRef<HTMLElement>(null);
  const { call, status, media, quality, problem } = view;
  const name = usePeerName(call.peer, call.name);
  const { toggleAudio, toggleVideo } = useMediaActions(view);
  const text = statusText(view, name);
  const hasVideo = showsPeerVideo(view);

  useEffect(() => {
    if (isExpanded) screen.current?.focus();
  }, [isExpanded]);

  function onKeyDown(event: KeyboardEvent): void {
    // Keys of its menus, which are elsewhere in the page, come by here, too.
    if (event.target instanceof Node && !event.currentTarget.contains(event.target)) return;
    if (!isExpanded || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') calls.expand(false);
    else if (event.key === 'm') toggleAudio();
    else if (event.key === 'v') toggleVideo();
  }

  return (
    <section
      ref={screen}
      className={styles.screen}
      // What counts is the picture.
      data-scheme="dark"
      data-size={isExpanded ? 'full' : 'small'}
      data-phase={status.phase}
      data-video={hasVideo}
      aria-label={`Call with ${name}`}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <CallStage view={view} name={name} text={text} isExpanded={isExpanded} />
      <CallHead
        view={view}
        name={name}
        text={text}
        isExpanded={isExpanded}
        isNamed={hasVideo || !isExpanded}
      />
      <p role="status" className={controls.hidden}>
        {text}
      </p>
      <div className={styles.foot}>
        {problem !== undefined && (
          <p role="alert" className={styles.problem}>
            {problem.message} {problem.hint}
          </p>
        )}
        {quality?.videoPaused === true && !media.video && (
          <p role="status" className={styles.hint}>
            Your video is paused: the connection is too slow for it.
          </p>
        )}
        {status.phase === 'ended' ? (
          <CallEnded view={view} />
        ) : (
          <CallControls view={view} isExpanded={isExpanded} />
        )}
      </div>
    </section>
  );
}
