/** Notes of a tone: how high (Hz), when it begins and how long it lasts in a period (seconds). */
interface Tone {
  readonly period: number;
  readonly loudness: number;
  readonly notes: readonly (readonly [hertz: number, at: number, length: number])[];
}

const tones = {
  /** Somebody calls. */
  ring: {
    period: 3,
    loudness: 0.16,
    notes: [
      [659, 0, 0.5],
      [784, 0.22, 0.5],
      [988, 0.44, 0.9],
      [659, 1.1, 0.5],
      [784, 1.32, 0.5],
      [988, 1.54, 0.9],
    ],
  },
  /** It rings at the other side. */
  ringback: { period: 4, loudness: 0.06, notes: [[425, 0, 1]] },
  /** Somebody calls during a call: quiet enough to talk on. */
  waiting: {
    period: 4,
    loudness: 0.05,
    notes: [
      [880, 0, 0.15],
      [880, 0.3, 0.15],
    ],
  },
} as const satisfies Record<string, Tone>;

export type ToneName = keyof typeof tones;

/**
 * Plays a tone again and again until the returned function is called. Of several tabs only one plays it. A page that
 * the user has not touched yet may make no sound: then it begins when he does.
 */
export function playTone(name: ToneName): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const play = (): Promise<void> => playUntil(signal, tones[name]);
  const { locks } = navigator as { locks?: LockManager };
  // The lock is refused with AbortError when another tab has it all the time.
  if (locks === undefined) void play();
  else locks.request(`stoa.tone.${name}`, { signal }, play).catch(() => {});
  return () => stop.abort();
}

function playUntil(signal: AbortSignal, tone: Tone): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const context = new AudioContext();
  const wake = (): void => void context.resume();
  const listening = { signal, capture: true };
  document.addEventListener('pointerdown', wake, listening);
  document.addEventListener('keydown', wake, listening);
  const repeat = (): void => {
    if (context.state === 'running') for (const note of tone.notes) schedule(context, tone.loudness, note);
  };
  context.addEventListener('statechange', repeat, { signal });
  const timer = setInterval(repeat, tone.period * 1_000);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      void context.close();
      resolve();
    });
  });
}

/** A note that begins and ends softly: an edge would click. */
function schedule(context: AudioContext, loudness: number, [hertz, at, length]: Tone['notes'][number]): void {
  const begin = context.currentTime + at;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(loudness, begin + 0.02);
  gain.gain.setValueAtTime(loudness, begin + length / 2);
  gain.gain.linearRampToValueAtTime(0, begin + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(begin);
  oscillator.stop(begin + length);
}
