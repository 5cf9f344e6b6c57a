import { Avatar } from '../ui/avatar.tsx';
import type { CallView } from './call-board.ts';
import { CallFacts } from './call-facts.tsx';
import styles from './call-stage.module.css';
import { StreamVideo } from './stream-player.tsx';

/** The picture of the other side, or who it is; and the own picture, small, as in a mirror. */
export function CallStage({
  view,
  name,
  text,
  isExpanded,
}: {
  view: CallView;
  name: string;
  text: string;
  isExpanded: boolean;
}) {
  const { call, status, media, peerMedia } = view;
  const showsPeer = showsPeerVideo(view);
  return (
    <div className={styles.stage} data-stage={showsPeer ? 'video' : 'person'}>
      {showsPeer && (
        <StreamVideo
          call={call}
          side="other"
          label={peerMedia.screen ? `Screen of ${name}` : `Video of ${name}`}
          className={peerMedia.screen ? styles.screen : styles.video}
        />
      )}
      {isExpanded && !showsPeer && (
        <div className={styles.person}>
          <Avatar address={call.peer} name={name} size={128} />
          <h2 className={styles.name}>{name}</h2>
          <p className={styles.text} aria-hidden={text !== ''}>
            {text === '' ? <CallFacts view={view} /> : text}
          </p>
        </div>
      )}
      {isExpanded && showsPeer && text !== '' && (
        <p className={styles.banner} aria-hidden="true">
          {text}
        </p>
      )}
      {isExpanded && media.video && status.phase !== 'ended' && (
        <div className={styles.self}>
          <StreamVideo
            call={call}
            side="own"
            label={media.screen ? 'Your screen' : 'Your video'}
            className={media.screen ? styles.screen : styles.video}
            mirrored={!media.screen}
          />
        </div>
      )}
    </div>
  );
}

/** Whether there is a picture of the other side. */
export function showsPeerVideo({ status: { phase }, media, peerMedia }: CallView): boolean {
  const isThere = phase === 'connected' || phase === 'reconnecting';
  return isThere && peerMedia.video && !peerMedia.hold && !media.hold;
}
