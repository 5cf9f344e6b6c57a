import { ActiveSpeaker } from './active-speaker.ts';
import { loudnessOf, Voice } from './voice.ts';

export interface Talker {
  readonly stream: string;
  /** From 0 (silence) to 1. */
  readonly loudness: number;
}

/** Who talks in a room, of all its microphones. */
export class RoomSpeakers {
  readonly #voices = new Map<string, Voice>();
  readonly #active = new ActiveSpeaker();

  get voices(): ReadonlyMap<string, Voice> {
    return this.#voices;
  }

  get active(): string | undefined {
    return this.#active.current;
  }

  /** Those who talk, the loudest first. */
  get talkers(): Talker[] {
    return [...this.#voices]
      .filter(([, { talking }]) => talking)
      .map(([stream, { loudness }]) => ({ stream, loudness }))
      .sort((a, b) => b.loudness - a.loudness);
  }

  /**
   * Takes the loudest level of every microphone since the last call (RFC 6464, -1 for none), about every tenth of a
   * second. True when somebody has begun or stopped, or the turn has changed.
   */
  update(levels: ReadonlyMap<string, number>, now: number): boolean {
    let changed = false;
    for (const [stream, voice] of this.#voices) {
      if (levels.has(stream)) continue;
      this.#voices.delete(stream);
      changed ||= voice.talking;
    }
    for (const [stream, level] of levels) {
      const voice = this.#voices.get(stream) ?? new Voice();
      this.#voices.set(stream, voice);
      changed = voice.hear(loudnessOf(level), now) || changed;
    }
    return this.#active.update(this.#voices, now) || changed;
  }
}
