import { type NoteKind, NoteRecorder, type RecordedNote } from '@stoa/client';
import { useCallback, useEffect, useRef, useState } from 'react';

/** A note that is being recorded. `held`: as long as the button is pressed; `locked`: until it is sent or given up. */
export interface NoteRecording {
  readonly recorder: NoteRecorder;
  readonly mode: 'held' | 'locked';
}

export interface NoteRecordingControls {
  readonly recording: NoteRecording | undefined;
  start(kind: NoteKind, mode: NoteRecording['mode']): void;
  lock(): void;
  finish(): void;
  cancel(): void;
}

/** Longer notes end by themselves, and wait for being sent. */
export const mostSeconds = 15 * 60;
/** What is shorter was a slip of the finger. */
const leastSeconds = 0.5;

/** Records notes, one at a time. */
export function useNoteRecording(
  onNote: (note: RecordedNote) => void,
  onRefused: (error: Error) => void,
): NoteRecordingControls {
  const [recording, setRecording] = useState<NoteRecording>();
  const current = useRef<NoteRecording | 'starting'>(undefined);
  /** Said while the browser still asks for the microphone. */
  const wish = useRef<'lock' | 'cancel'>(undefined);
  const handlers = useRef({ onNote, onRefused });
  handlers.current = { onNote, onRefused };

  const set = useCallback((next: NoteRecording | undefined) => {
    current.current = next;
    setRecording(next);
  }, []);

  const start = useCallback(
    async (kind: NoteKind, mode: NoteRecording['mode']) => {
      if (current.current !== undefined) return;
      current.current = 'starting';
      wish.current = undefined;
      try {
        const recorder = await NoteRecorder.start(kind);
        const wished: typeof wish.current = wish.current;
        if (wished === 'cancel') {
          recorder.cancel();
          set(undefined);
        } else set({ recorder, mode: wished === 'lock' ? 'locked' : mode });
      } catch (error) {
        set(undefined);
        handlers.current.onRefused(error instanceof Error ? error : new Error(String(error)));
      }
    },
    [set],
  );
  const lock = useCallback(() => {
    if (current.current === 'starting') wish.current = 'lock';
    else if (current.current !== undefined) set({ ...current.current, mode: 'locked' });
  }, [set]);
  const cancel = useCallback(() => {
    if (current.current === 'starting') wish.current = 'cancel';
    else if (current.current !== undefined) {
      current.current.recorder.cancel();
      set(undefined);
    }
  }, [set]);
  const finish = useCallback(async () => {
    if (current.current === undefined || current.current === 'starting') return cancel();
    const { recorder } = current.current;
    if (recorder.seconds < leastSeconds) return cancel();
    set(undefined);
    try {
      handlers.current.onNote(await recorder.finish());
    } catch (error) {
      handlers.current.onRefused(error instanceof Error ? error : new Error(String(error)));
    }
  }, [cancel, set]);

  // Who leaves the conversation does not go on recording.
  useEffect(() => cancel, [cancel]);
  return { recording, start, lock, finish, cancel };
}
