import { type OwnStream, type RemoteStream, type Room, setSpeaker } from '@stoa/client';
import { MicOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { StreamMenu } from './room-menus.tsx';
import styles from './rooms.module.css';

/** Somebody's stream, in the size in which it is shown; without a picture, who it is. */
export function RemoteTile({
  stream,
  may,
  isRoomy,
}: {
  stream: RemoteStream;
  may: Room['may'];
  isRoomy: boolean;
}) {
  const { rooms } = useWorkspace();
  const speaker = useLivePart(rooms, (state) => state.speaker);
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => (element.current === null ? undefined : stream.attach(element.current)), [stream]);
  useEffect(() => {
    if (element.current === null || speaker === undefined) return;
    setSpeaker([element.current], speaker).catch(console.warn);
  }, [speaker]);
  const { participant, info, isTalking, paused } = stream;
  const name = participant.name || participant.user;
  const label = info.source === 'screen' ? `Screen of ${name}` : name;
  return (
    <figure className={styles.tile} data-talking={isTalking} data-source={info.source}>
      {/* biome-ignore lint/a11y/useMediaCaption: a room has no captions. */}
      <video ref={element} aria-label={label} autoPlay playsInline />
      {info.video !== 'on' && <Person address={participant.user} name={name} isRoomy={isRoomy} />}
      {paused !== undefined && (
        <p className={styles.paused} role="status">
          Paused: your connection is too slow for this picture.
        </p>
      )}
      <TileName
        name={participant.away ? `${label} (connection lost)` : label}
        isMuted={isMuted(info.audio)}
      />
      <StreamMenu stream={stream} name={label} may={may} />
    </figure>
  );
}

/** What the user himself sends; never heard here. */
export function OwnTile({ stream, isRoomy }: { stream: OwnStream; isRoomy: boolean }) {
  const { address, name } = useWorkspace().session;
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (element.current !== null) element.current.srcObject = stream.mediaStream;
  }, [stream]);
  const label = stream.source === 'screen' ? 'Your screen' : 'You';
  const hasPicture = stream.track('video') !== undefined && !stream.isMuted('video');
  return (
    <figure className={styles.tile} data-talking={stream.isTalking} data-source={stream.source} data-own>
      <video
        ref={element}
        data-mirrored={stream.source === 'camera'}
        aria-label={label}
        autoPlay
        playsInline
        muted
      />
      {!hasPicture && <Person address={address} name={name || address} isRoomy={isRoomy} />}
      <TileName name={label} isMuted={stream.source === 'camera' && stream.isMuted('audio')} />
    </figure>
  );
}

/** In the place of a picture. */
function Person({ address, name, isRoomy }: { address: string; name: string; isRoomy: boolean }) {
  return (
    <span className={styles.person} data-person={address}>
      <Avatar address={address} name={name} size={isRoomy ? 128 : 48} />
    </span>
  );
}

function TileName({ name, isMuted: muted }: { name: string; isMuted: boolean }) {
  return (
    <figcaption className={styles.name}>
      {muted && <MicOff size={14} role="img" aria-label="Muted" />}
      <bdi>{name}</bdi>
    </figcaption>
  );
}

function isMuted(audio: 'on' | 'muted' | 'locked' | undefined): boolean {
  return audio === 'muted' || audio === 'locked';
}
