/** Recordings of rooms, as files of this node. */
export { expireRecordings } from './expire-recordings.ts';
export type { RecordedFile, RecordingDetails, RecordingSummary } from './recording-files.ts';
export { Recordings } from './recordings.ts';
export type { RunningRecording } from './running-recording.ts';
