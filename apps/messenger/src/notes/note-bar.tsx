import { SendHorizontal, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import composer from '../composer/composer.module.css';
import controls from '../ui/controls.module.css';
import styles from './notes.module.css';
import { shownSeconds } from './shown-seconds.ts';
import { mostSeconds, type NoteRecording, type NoteRecordingControls } from './use-note-recording.ts';

/** In the place of the field: a note is being recorded. */
export function NoteBar({ notes, recording }: { notes: NoteRecordingControls; recording: NoteRecording }) {
  const { recorder, mode } = recording;
  const [seconds, setSeconds] = useState(0);
  const meter = useRef<HTMLMeterElement>(null);

  useEffect(() => {
    const timer = setInterval(() => {
      setSeconds(Math.floor(recorder.seconds));
      if (meter.current !== null) meter.current.value = recorder.level;
      if (recorder.seconds >= mostSeconds) notes.finish();
    }, 100);
    return () => clearInterval(timer);
  }, [recorder, notes.finish]);

  return (
    <section className={styles.bar} aria-label="Recording">
      <button
        type="button"
        className={controls.icon}
        aria-label="Discard the note"
        title="Discard"
        onClick={notes.cancel}
      >
        <Trash2 size={20} />
      </button>
      {recorder.kind === 'video' && <Camera stream={recorder.stream} />}
      <meter ref={meter} className={styles.meter} min={0} max={255} aria-label="Loudness" />
      <time className={styles.time}>{shownSeconds(seconds)}</time>
      <span className={styles.hint}>
        {mode === 'held' ? 'Release to send · left to discard · up to let go' : 'Recording'}
      </span>
      {mode === 'locked' && (
        <button
          type="button"
          className={composer.send}
          aria-label="Send the note"
          title="Send"
          onClick={notes.finish}
        >
          <SendHorizontal size={20} />
        </button>
      )}
    </section>
  );
}

function Camera({ stream }: { stream: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  return <video ref={video} className={styles.camera} autoPlay muted playsInline aria-label="Your camera" />;
}
