import { Mic, Video } from 'lucide-react';
import { type PointerEvent, useRef } from 'react';
import composer from '../composer/composer.module.css';
import controls from '../ui/controls.module.css';
import type { NoteRecordingControls } from './use-note-recording.ts';

/** A press that is shorter than this is a click: it records until it is sent. */
const clickMs = 350;
/** How far the finger moves to the left to give a note up, or upwards to let go of the button. */
const cancelPixels = 80;
const lockPixels = 60;

/** In the place of the button that sends, as long as nothing is written. */
export function NoteButtons({ notes }: { notes: NoteRecordingControls }) {
  const press = useRef<{ x: number; y: number; at: number }>(undefined);

  function onPointerDown({ currentTarget, pointerId, clientX, clientY, button }: PointerEvent): void {
    if (button !== 0) return;
    currentTarget.setPointerCapture(pointerId);
    press.current = { x: clientX, y: clientY, at: performance.now() };
    notes.start('voice', 'held');
  }

  function onPointerMove({ clientX, clientY }: PointerEvent): void {
    const from = press.current;
    if (from === undefined) return;
    if (from.x - clientX > cancelPixels) {
      press.current = undefined;
      notes.cancel();
    } else if (from.y - clientY > lockPixels) {
      press.current = undefined;
      notes.lock();
    }
  }

  function onPointerUp(): void {
    const from = press.current;
    press.current = undefined;
    if (from === undefined) return;
    if (performance.now() - from.at < clickMs) notes.lock();
    else notes.finish();
  }

  return (
    <>
      <button
        type="button"
        className={controls.icon}
        aria-label="Record a video note"
        title="Record a video note"
        onClick={() => notes.start('video', 'locked')}
      >
        <Video size={20} />
      </button>
      <button
        type="button"
        className={composer.send}
        aria-label="Record a voice note"
        title="Record a voice note: hold, or click"
        style={{ touchAction: 'none' }}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          press.current = undefined;
          notes.cancel();
        }}
        // By the keyboard; what a pointer did began with its press.
        onClick={({ detail }) => detail === 0 && notes.start('voice', 'locked')}
      >
        <Mic size={20} />
      </button>
    </>
  );
}
