import { StoaError } from '@stoa/protocol';
import type { RecordingManifest } from '../recording/manifest.ts';
import { type RecordableStream, RoomRecording, type Tap } from '../recording/room-recording.ts';

export interface RecorderOptions {
  readonly room: string;
  readonly tap: Tap;
  /** All that there are now. */
  readonly streams: () => readonly RecordableStream[];
  readonly onError: (error: unknown) => void;
}

/** Records a room, one recording after the other. */
export class Recorder {
  readonly #options: RecorderOptions;
  #recording: Promise<RoomRecording> | undefined;
  /** Once it has begun. */
  #begun: RoomRecording | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#recording !== undefined;
  }

  async start(directory: string): Promise<void> {
    if (this.#recording !== undefined) throw new StoaError('CONFLICT', 'The room is being recorded already.');
    const { room, tap, onError } = this.#options;
    const beginning = RoomRecording.begin({ room, directory, tap, now: Date.now(), onError });
    this.#recording = beginning;
    try {
      const begun = await beginning;
      if (this.#recording !== beginning) return;
      this.#begun = begun;
      this.update();
    } catch (error) {
      this.#recording = undefined;
      throw error;
    }
  }

  async stop(): Promise<RecordingManifest> {
    const recording = this.#recording;
    if (recording === undefined) throw new StoaError('NOT_FOUND', 'The room is not being recorded.');
    this.#recording = undefined;
    this.#begun = undefined;
    return (await recording).stop(Date.now());
  }

  /** Streams have come or gone. */
  update(): void {
    this.#begun?.update(this.#options.streams());
  }

  tick(now: number): void {
    this.#begun?.tick(now);
  }
}
