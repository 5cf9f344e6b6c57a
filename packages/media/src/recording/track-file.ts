import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import {
  AppendOnlyStreamTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import type { AudioCodec, Codec, VideoCodec } from '../codecs/codecs.ts';
import type { PictureFormat } from './picture-format.ts';

/** What is on its way to the disk, at the most. A disk that is slower than this much of delay loses frames, not memory. */
const mostPendingBytes = 32 * 1024 * 1024;

const names = { VP8: 'vp8', VP9: 'vp9', H264: 'avc', AV1: 'av1' } as const satisfies Record<
  VideoCodec,
  unknown
>;

/** What a decoder of Opus in a file has to know (RFC 7845, section 5.1): two channels, 48 kHz, no delay to leave out. */
const opusHead = Uint8Array.from([...Buffer.from('OpusHead'), 1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);

/** Of a picture with what its first key frame says. */
export type TrackFormat =
  | { readonly codec: AudioCodec }
  | { readonly codec: VideoCodec; readonly picture: PictureFormat };

/** WebM knows no H.264. */
export function extensionFor(codec: Codec): 'webm' | 'mkv' {
  return codec === 'H264' ? 'mkv' : 'webm';
}

/**
 * A file of one track, which only ever grows: whatever ends the process, all that was written until then plays.
 */
export class TrackFile {
  readonly #output: Output;
  readonly #sound: EncodedAudioPacketSource | undefined;
  readonly #picture: EncodedVideoPacketSource | undefined;
  readonly #format: TrackFormat;
  readonly #onError: (error: unknown) => void;
  #writing: Promise<void>;
  #pendingBytes = 0;
  #isFirst = true;
  #failed = false;

  constructor(path: string, format: TrackFormat, onError: (error: unknown) => void) {
    const { codec } = format;
    this.#format = format;
    this.#onError = onError;
    const options = { appendOnly: true };
    const stream = createWriteStream(path, { flags: 'wx' });
    // What comes by way of the writer may be told only at its end.
    stream.on('error', (error) => this.#fail(error));
    this.#output = new Output({
      format: extensionFor(codec) === 'webm' ? new WebMOutputFormat(options) : new MkvOutputFormat(options),
      target: new AppendOnlyStreamTarget(Writable.toWeb(stream)),
    });
    if (!('picture' in format)) {
      this.#sound = new EncodedAudioPacketSource('opus');
      this.#output.addAudioTrack(this.#sound);
    } else {
      this.#picture = new EncodedVideoPacketSource(names[format.codec]);
      this.#output.addVideoTrack(this.#picture);
    }
    this.#writing = this.#output.start().catch((error: unknown) => this.#fail(error));
  }

  /** Nothing more is written: an error was told. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  /** `atMs` from the beginning of the file, later than that of the frame before. False when the disk is too slow for it, or has failed. */
  write(data: Uint8Array, isKey: boolean, atMs: number): boolean {
    if (this.#failed || this.#pendingBytes > mostPendingBytes) return false;
    this.#pendingBytes += data.length;
    const packet = new EncodedPacket(data, isKey ? 'key' : 'delta', atMs / 1000, 0);
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    this.#writing = this.#writing
      .then(() => (this.#failed ? undefined : this.#add(packet, isFirst)))
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        this.#pendingBytes -= data.length;
      });
    return true;
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#failed) return;
    await this.#output.finalize().catch((error: unknown) => this.#fail(error));
  }

  #add(packet: EncodedPacket, isFirst: boolean): Promise<void> | undefined {
    const format = this.#format;
    if (!('picture' in format)) {
      const decoderConfig = { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000, description: opusHead };
      return this.#sound?.add(packet, isFirst ? { decoderConfig } : undefined);
    }
    const { codecString, width, height, description } = format.picture;
    const size = { codedWidth: width, codedHeight: height };
    const decoderConfig = { codec: codecString, ...size, ...(description && { description }) };
    return this.#picture?.add(packet, isFirst ? { decoderConfig } : undefined);
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onError(error);
  }
}
