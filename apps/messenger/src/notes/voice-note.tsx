import { Pause, Play } from 'lucide-react';
import { type CSSProperties, useRef, useState } from 'react';
import controls from '../ui/controls.module.css';
import styles from './notes.module.css';
import { shownSeconds } from './shown-seconds.ts';

const speeds: readonly number[] = [1, 1.5, 2];

/** A voice note: its waveform, how far it was played, and how fast. */
export function VoiceNote({
  link,
  duration = 0,
  waveform = new Uint8Array(),
}: {
  /** Undefined as long as it is not known. */
  link: string | undefined;
  /** Seconds. */
  duration?: number | undefined;
  waveform?: Uint8Array | undefined;
}) {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [speed, setSpeed] = useState(1);
  const played = duration > 0 ? Math.min(1, at / duration) : 0;

  function toggle(): void {
    const element = audio.current;
    if (element === null) return;
    if (isPlaying) element.pause();
    // What keeps it from being played is shown by the button, which stays as it is.
    else element.play().catch(() => {});
  }

  function changeSpeed(): void {
    const next = speeds[(speeds.indexOf(speed) + 1) % speeds.length] ?? 1;
    setSpeed(next);
    if (audio.current !== null) audio.current.playbackRate = next;
  }

  function seek(fraction: number): void {
    if (audio.current !== null) audio.current.currentTime = fraction * duration;
  }

  return (
    <section className={styles.voice} aria-label={`Voice note, ${shownSeconds(duration)}`}>
      <audio
        ref={audio}
        src={link}
        preload="metadata"
        onPlay={({ currentTarget }) => {
          currentTarget.playbackRate = speed;
          setPlaying(true);
        }}
        onPause={() => setPlaying(false)}
        onEnded={() => {
          setPlaying(false);
          setAt(0);
        }}
        onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime)}
      >
        <track kind="captions" />
      </audio>
      <button
        type="button"
        className={controls.icon}
        aria-label={isPlaying ? 'Pause the voice note' : 'Play the voice note'}
        disabled={link === undefined}
        onClick={toggle}
      >
        {isPlaying ? <Pause size={22} /> : <Play size={22} />}
      </button>
      <div className={styles.track}>
        <Waveform levels={waveform} played={played} />
        <input
          type="range"
          className={styles.position}
          min={0}
          max={1}
          step={0.01}
          value={played}
          aria-label="Position"
          aria-valuetext={`${shownSeconds(at)} of ${shownSeconds(duration)}`}
          onChange={({ target }) => seek(Number(target.value))}
        />
      </div>
      <time className={styles.time}>{shownSeconds(at > 0 ? at : duration)}</time>
      <button
        type="button"
        className={`${controls.quiet} ${styles.speed}`}
        aria-label={`Speed ${speed}×`}
        onClick={changeSpeed}
      >
        {speed}×
      </button>
    </section>
  );
}

function Waveform({ levels, played }: { levels: Uint8Array; played: number }) {
  const shown = levels.length === 0 ? new Uint8Array(32).fill(24) : levels;
  return (
    <span className={styles.waveform} aria-hidden="true">
      {Array.from(shown, (level, index) => (
        <i
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts never change their places.
          key={index}
          data-played={(index + 0.5) / shown.length <= played || undefined}
          style={{ '--level': Math.max(0.1, level / 255) } as CSSProperties}
        />
      ))}
    </span>
  );
}
