import { StoaError } from '@stoa/protocol';
import { EncodedPacketSink, FilePathSource, Input, type InputTrack, MATROSKA, WEBM } from 'mediabunny';

export type PlayableCodec = 'opus' | 'VP8' | 'VP9';

/** What a decoder gets at a time: a picture, or some milliseconds of sound. */
export interface Frame {
  readonly data: Uint8Array;
  readonly isKey: boolean;
  /** From the beginning of the file. */
  readonly atMs: number;
}

export interface PlayableTrack {
  readonly codec: PlayableCodec;
  /** Pixels; 0 of sound. */
  readonly width: number;
  readonly height: number;
  /** From the beginning, in the order in which they are decoded. */
  frames(): AsyncIterable<Frame>;
}

/** A sound, a picture, or both, out of one file or several that begin at the same time. */
export interface MediaFiles {
  readonly sound: PlayableTrack | undefined;
  readonly picture: PlayableTrack | undefined;
  readonly durationMs: number;
  close(): void;
}

const codecs: Partial<Record<string, PlayableCodec>> = { opus: 'opus', vp8: 'VP8', vp9: 'VP9' };
const hint = 'Make one with "ffmpeg -i <file> -c:v libvpx -b:v 1500k -g 60 -c:a libopus out.webm".';

/**
 * Opens WebM or Matroska files with Opus, VP8, or VP9 in them, also those that are not finished.
 *
 * @throws StoaError NOT_FOUND, UNSUPPORTED_TYPE for what cannot be played, or CONFLICT for two sounds or pictures
 */
export async function openMediaFiles(paths: readonly string[]): Promise<MediaFiles> {
  const inputs: Input[] = [];
  const close = (): void => {
    for (const input of inputs) input.dispose();
  };
  const found: Partial<Record<'sound' | 'picture', PlayableTrack>> = {};
  let durationMs = 0;
  try {
    for (const path of paths) {
      const input = new Input({ source: new FilePathSource(path), formats: [WEBM, MATROSKA] });
      inputs.push(input);
      const tracks = await tracksOf(input, path);
      for (const track of tracks) {
        const role = track.codec === 'opus' ? 'sound' : 'picture';
        if (found[role] !== undefined) {
          throw new StoaError(
            'CONFLICT',
            `"${path}" has another ${role}: one of each can be played at a time.`,
          );
        }
        found[role] = track;
      }
      durationMs = Math.max(durationMs, (await input.computeDuration()) * 1000);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { sound: found.sound, picture: found.picture, durationMs, close };
}

async function tracksOf(input: Input, path: string): Promise<PlayableTrack[]> {
  try {
    const [sound, picture] = [await input.getPrimaryAudioTrack(), await input.getPrimaryVideoTrack()];
    const size = await sizeOf(picture);
    const tracks = [
      ...(sound === null ? [] : [playable(sound, { width: 0, height: 0 }, path)]),
      ...(picture === null ? [] : [playable(picture, size, path)]),
    ];
    if (tracks.length > 0) return tracks;
  } catch (error) {
    if (error instanceof StoaError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new StoaError('NOT_FOUND', `There is no file "${path}".`, { cause: error });
    }
    throw new StoaError('UNSUPPORTED_TYPE', `"${path}" is no WebM or Matroska file.`, { hint, cause: error });
  }
  throw new StoaError('UNSUPPORTED_TYPE', `There is neither sound nor a picture in "${path}".`, { hint });
}

async function sizeOf(
  picture: Awaited<ReturnType<Input['getPrimaryVideoTrack']>>,
): Promise<{ width: number; height: number }> {
  if (picture === null) return { width: 0, height: 0 };
  return { width: await picture.getCodedWidth(), height: await picture.getCodedHeight() };
}

function playable(
  track: InputTrack,
  { width, height }: { width: number; height: number },
  path: string,
): PlayableTrack {
  const codec = codecs[track.codec ?? ''];
  if (codec === undefined) {
    const message = `"${path}" is in ${track.codec ?? 'a codec that is not known'}; Opus, VP8 and VP9 can be played.`;
    throw new StoaError('UNSUPPORTED_TYPE', message, { hint });
  }
  return { codec, width, height, frames: () => framesOf(track) };
}

async function* framesOf(track: InputTrack): AsyncGenerator<Frame> {
  for await (const { data, type, timestamp } of new EncodedPacketSink(track).packets()) {
    yield { data, isKey: type === 'key', atMs: timestamp * 1000 };
  }
}
