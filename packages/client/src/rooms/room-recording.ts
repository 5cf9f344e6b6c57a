import type { RoomInfo, RoomNotice } from '@stoa/protocol';
import type { RoomAsking } from './room-types.ts';

/** Since when a room is recorded, in milliseconds since 1970, and who began that. */
export type RecordingInfo = NonNullable<RoomInfo['recording']>;

/** The recording of a room. Everybody in it is told; who may `record` begins and ends it. */
export class RoomRecording {
  readonly #gid: number;
  readonly #ask: RoomAsking;
  readonly #onChanged: (recording: RecordingInfo | undefined) => void;
  #current: RecordingInfo | undefined;

  constructor(info: RoomInfo, ask: RoomAsking, onChanged: (recording: RecordingInfo | undefined) => void) {
    this.#gid = info.gid;
    this.#ask = ask;
    this.#onChanged = onChanged;
    this.#current = info.recording;
  }

  /** Undefined while the room is not recorded. */
  get current(): RecordingInfo | undefined {
    return this.#current;
  }

  /** @throws StoaError PERMISSION_DENIED */
  async start(): Promise<void> {
    await this.#ask('rooms.record', { gid: this.#gid, on: true });
  }

  /** Resolves when the recording is whole. @throws StoaError PERMISSION_DENIED */
  async stop(): Promise<void> {
    await this.#ask('rooms.record', { gid: this.#gid, on: false });
  }

  /** @internal */
  use(recording: RecordingInfo | undefined): void {
    if (recording?.startedAt === this.#current?.startedAt) return;
    this.#current = recording;
    this.#onChanged(recording);
  }

  /** @internal */
  notice({ by, startedAt }: Extract<RoomNotice, { type: 'recording' }>): void {
    this.use(by === undefined || startedAt === undefined ? undefined : { by, startedAt });
  }
}
