import { type Call, setSpeaker } from '@stoa/client';
import { type RefObject, useEffect, useRef } from 'react';

/** The picture of one side of a call. The sound is CallSound's. */
export function StreamVideo({
  call,
  side,
  label,
  className,
  mirrored = false,
}: {
  call: Call;
  side: 'own' | 'other';
  label: string;
  className: string | undefined;
  mirrored?: boolean;
}) {
  const element = useRef<HTMLVideoElement>(null);
  usePlayed(element, call, side === 'own' ? call.localStream : call.remoteStream);
  return (
    <video
      ref={element}
      className={className}
      data-mirrored={mirrored}
      aria-label={label}
      autoPlay
      playsInline
      muted
    />
  );
}

/** What the other side says, whatever the page shows of the call. */
export function CallSound({ call, speaker }: { call: Call; speaker: string | undefined }) {
  const element = useRef<HTMLAudioElement>(null);
  usePlayed(element, call, call.remoteStream);
  useEffect(() => {
    if (element.current === null || speaker === undefined) return;
    setSpeaker([element.current], speaker).catch(console.warn);
  }, [speaker]);
  // biome-ignore lint/a11y/useMediaCaption: a call has no captions.
  return <audio ref={element} autoPlay data-call-sound />;
}

/**
 * Plays a stream, also when its tracks come later: an element that has begun with an empty stream does not play by
 * itself. Where the browser wants the user to touch the page first, it plays when he does.
 */
function usePlayed(element: RefObject<HTMLMediaElement | null>, call: Call, stream: MediaStream): void {
  useEffect(() => {
    const { current: player } = element;
    if (player === null) return;
    const play = (): void => {
      if (player.paused && stream.active) player.play().catch(() => {});
    };
    player.srcObject = stream;
    play();
    document.addEventListener('pointerdown', play);
    const off = call.on('streams', play);
    return () => {
      off();
      document.removeEventListener('pointerdown', play);
      player.srcObject = null;
    };
  }, [element, call, stream]);
}
