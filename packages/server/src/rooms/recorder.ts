import type { MediaEngine } from '@stoa/media';
import { StoaError } from '@stoa/protocol';
import type { RunningRecording } from '../recordings/index.ts';
import type { Participant } from './room-state.ts';

export interface RecorderOptions {
  readonly engine: Pick<MediaEngine, 'record' | 'stopRecording'>;
  readonly begin: (by: string) => Promise<RunningRecording>;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Has the media plane record a room; in parts, when it loses the room meanwhile. */
export class Recorder {
  readonly #options: RecorderOptions;
  #running: RunningRecording | undefined;
  /** Beginnings and ends come one after the other. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Resolves when the media plane records; at once when it does already. */
  start(mediaId: string, by: string, people: Iterable<Participant>): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running !== undefined) return;
      const running = await this.#options.begin(by);
      try {
        await running.note(namesOf(people));
        await this.#options.engine.record(mediaId, running.nextPart());
      } catch (error) {
        await running.end(this.#options.now());
        throw error;
      }
      this.#running = running;
    });
  }

  /** Resolves when all files are whole. */
  stop(mediaId: string): Promise<void> {
    return this.#inTurn(async () => {
      const running = this.#running;
      this.#running = undefined;
      if (running === undefined) return;
      try {
        await this.#options.engine.stopRecording(mediaId);
      } catch (error) {
        if (!isLost(error)) throw error;
      } finally {
        await running.end(this.#options.now());
      }
    });
  }

  /** The media plane had lost the room, and has it again. */
  resume(mediaId: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running !== undefined) await this.#options.engine.record(mediaId, this.#running.nextPart());
    });
  }

  note(people: () => Iterable<Participant>): void {
    this.#running?.note(namesOf(people())).catch(this.#options.onError);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => {});
    return done;
  }
}

/** The media plane has lost the room, and not got it again: what was written until then plays. */
function isLost(error: unknown): boolean {
  return error instanceof StoaError && (error.code === 'NOT_FOUND' || error.code === 'UNAVAILABLE');
}

function namesOf(people: Iterable<Participant>) {
  return Object.fromEntries(
    [...people].map(({ key, address: user, name }) => [key, { user, name }] as const),
  );
}
