import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ReplacedJson } from '@stoa/media/replaced-json';
import { aboutName, isMissing, type RecordedPeople, type RecordingAbout } from './recording-files.ts';

/** A recording that goes on: its parts are made by the media plane, who took part is noted here. */
export class RunningRecording {
  readonly #directory: string;
  readonly #file: ReplacedJson;
  readonly #onEnd: () => void;
  #about: RecordingAbout;
  #parts = 0;

  constructor(directory: string, about: RecordingAbout, onEnd: () => void) {
    this.#directory = directory;
    this.#about = about;
    this.#onEnd = onEnd;
    this.#file = new ReplacedJson(join(directory, aboutName));
  }

  get id(): string {
    return this.#about.id;
  }

  /** The directory of the next part, which is not there yet. */
  nextPart(): string {
    this.#parts += 1;
    return join(this.#directory, String(this.#parts));
  }

  /** These take part; those who have left stay named. */
  async note(people: RecordedPeople): Promise<void> {
    const isKnown = Object.entries(people).every(
      ([key, { user, name }]) =>
        this.#about.people[key]?.user === user && this.#about.people[key].name === name,
    );
    if (!isKnown) await this.write({ people: { ...this.#about.people, ...people } });
  }

  async end(now: number): Promise<void> {
    try {
      await this.write({ endedAt: now });
    } finally {
      this.#onEnd();
    }
  }

  /**
   * Says to other nodes, by the time of the file, that it goes on, though nothing may have been sent for days. That needs
   * no space on the disk.
   */
  async touch(now: number): Promise<void> {
    const time = new Date(now);
    try {
      await utimes(join(this.#directory, aboutName), time, time);
    } catch (error) {
      // Removed, though it goes on.
      if (!isMissing(error)) throw error;
    }
  }

  /** In place of what was there before: a reader never sees half of it. */
  async write(change: Partial<RecordingAbout>): Promise<void> {
    this.#about = { ...this.#about, ...change };
    await this.#file.write(this.#about);
  }
}
