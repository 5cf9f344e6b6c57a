import { StoaError } from '@stoa/protocol';
import type { FileAbout } from './transfer-store.ts';
import { levelOf, waveformOf } from './waveform.ts';

/** A note that was recorded: what Files.send takes. */
export interface RecordedNote {
  readonly file: Blob;
  readonly name: string;
  readonly about: FileAbout;
}

export type NoteKind = 'voice' | 'video';

const levelsPerSecond = 20;
/** Parts of the waveform that goes with a note. */
const parts = 64;
/** Small, square, and good enough for a face. */
const camera = { width: { ideal: 480 }, height: { ideal: 480 }, facingMode: 'user' };

/**
 * Records a voice or video note in a browser. Microphone and camera are let go of when it ends, however that is.
 *
 * @example
 * const recorder = await NoteRecorder.start('voice');
 * await client.files.send({ peer: 'bob' }, await recorder.finish());
 */
export class NoteRecorder {
  readonly kind: NoteKind;
  /** What the camera sees, to be shown meanwhile. */
  readonly stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context: AudioContext;
  readonly #chunks: Blob[] = [];
  readonly #levels: number[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #began = performance.now();

  /** @throws StoaError PERMISSION_DENIED when the user or the page may not use the microphone, NOT_FOUND when there is none */
  static async start(kind: NoteKind): Promise<NoteRecorder> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: kind === 'video' && camera });
    } catch (cause) {
      throw new StoaError(
        cause instanceof DOMException && cause.name === 'NotFoundError' ? 'NOT_FOUND' : 'PERMISSION_DENIED',
        kind === 'video' ? 'Camera or microphone cannot be used.' : 'The microphone cannot be used.',
        { hint: 'Allow it in the settings of the browser.', cause },
      );
    }
    return new NoteRecorder(kind, stream);
  }

  private constructor(kind: NoteKind, stream: MediaStream) {
    this.kind = kind;
    this.stream = stream;
    this.#recorder = new MediaRecorder(stream, typeOf(kind));
    this.#recorder.addEventListener('dataavailable', ({ data }) => this.#chunks.push(data));
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.#levels.push(levelOf(samples));
    }, 1000 / levelsPerSecond);
    this.#recorder.start(1000);
  }

  /** How loud it is now, 0 to 255. */
  get level(): number {
    return this.#levels.at(-1) ?? 0;
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Ends it, and gives what was recorded. */
  async finish(): Promise<RecordedNote> {
    const { seconds } = this;
    await new Promise((resolve) => {
      this.#recorder.addEventListener('stop', resolve, { once: true });
      this.#recorder.stop();
    });
    this.#release();
    const type = this.#recorder.mimeType.split(';')[0] ?? '';
    const ending = type.endsWith('mp4') ? 'mp4' : 'webm';
    return {
      file: new Blob(this.#chunks, { type }),
      name: `${this.kind}-note.${ending}`,
      about: {
        note: true,
        duration: Math.round(seconds * 10) / 10,
        waveform: waveformOf(this.#levels, parts),
      },
    };
  }

  /** Ends it, and forgets what was recorded. Harmless when it has ended. */
  cancel(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    this.#release();
  }

  #release(): void {
    clearInterval(this.#timer);
    for (const track of this.stream.getTracks()) track.stop();
    if (this.#context.state !== 'closed') void this.#context.close();
  }
}

/** The first type that this browser records; its own choice when it knows none of them. */
function typeOf(kind: NoteKind): MediaRecorderOptions {
  const types =
    kind === 'voice'
      ? ['audio/webm;codecs=opus', 'audio/mp4']
      : ['video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4'];
  const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
  return { ...(mimeType === undefined ? {} : { mimeType }), audioBitsPerSecond: 32_000 };
}
