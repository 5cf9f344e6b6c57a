import type { StreamKind } from '../engine/media-engine.ts';
import type { RecordedTrack } from './track-recording.ts';

export const manifestName = 'manifest.json';

/** What a recording consists of, as its file `manifest.json` says. */
export interface RecordingManifest {
  readonly version: 1;
  readonly room: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Null while it goes on, and for ever when the process ended before it did. */
  readonly endedAt: number | null;
  readonly tracks: readonly (RecordedTrack & {
    readonly stream: string;
    readonly participant: string;
    readonly name: string;
    readonly kind: StreamKind;
  })[];
}
