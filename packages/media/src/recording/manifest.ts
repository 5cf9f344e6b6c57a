import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Writes manifests one after the other, each in place of the one before: a reader never sees half of one. */
export class ManifestFile {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.#path = join(directory, manifestName);
  }

  write(manifest: RecordingManifest): Promise<void> {
    const next = this.#writing
      .catch(() => {})
      .then(async () => {
        await writeFile(`${this.#path}.new`, `${JSON.stringify(manifest, undefined, 2)}\n`);
        await rename(`${this.#path}.new`, this.#path);
      });
    this.#writing = next;
    return next;
  }
}
