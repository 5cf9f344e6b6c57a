import type { Voice } from './voice.ts';

/** Somebody who interrupts has to be louder by this, for so long. */
const margin = 0.04;
const patienceMs = 1000;

/** Whose turn it is: stays with who has it until they stop, or somebody has been clearly louder for a while. */
export class ActiveSpeaker {
  #current: string | undefined;
  #challenger: string | undefined;
  #since = 0;

  /** Stays with the last one in silence; undefined before anybody has talked. */
  get current(): string | undefined {
    return this.#current;
  }

  /** True when the turn has changed. */
  update(voices: ReadonlyMap<string, Voice>, now: number): boolean {
    const before = this.#current;
    const current = before === undefined ? undefined : voices.get(before);
    if (current === undefined) this.#current = undefined;
    const loudest = loudestOf(voices);
    if (loudest === undefined || loudest.stream === this.#current) {
      this.#challenger = undefined;
    } else if (current === undefined || !current.talking) {
      this.#current = loudest.stream;
    } else if (loudest.voice.loudness < current.loudness + margin) {
      this.#challenger = undefined;
    } else if (this.#challenger !== loudest.stream) {
      this.#challenger = loudest.stream;
      this.#since = now;
    } else if (now - this.#since >= patienceMs) {
      this.#current = loudest.stream;
      this.#challenger = undefined;
    }
    return this.#current !== before;
  }
}

function loudestOf(voices: ReadonlyMap<string, Voice>) {
  let loudest: { stream: string; voice: Voice } | undefined;
  for (const [stream, voice] of voices) {
    if (voice.talking && voice.loudness > (loudest?.voice.loudness ?? 0)) loudest = { stream, voice };
  }
  return loudest;
}
