import { StoaError } from '@stoa/protocol';
import type { Kind } from '../codecs/codecs.ts';
import type { PublishOffer } from '../sdp/publish-offer.ts';
import type { Limits, OfferedStream, StreamKind, Wish } from './media-engine.ts';

const kindOf: Record<StreamKind, Kind> = {
  microphone: 'audio',
  screenSound: 'audio',
  camera: 'video',
  screen: 'video',
};

const maxStreams = 16;
const maxWishes = 1000;

export function mediaKind(kind: StreamKind): Kind {
  return kindOf[kind];
}

/** The streams that the offer sends, each named. Throws BAD_REQUEST when one is not, or has a name that another has. */
export function checkStreams(streams: readonly OfferedStream[], offer: PublishOffer): OfferedStream[] {
  if (streams.length > maxStreams)
    throw new StoaError('TOO_MANY', `A participant has at most ${maxStreams} streams.`);
  const names = new Set<string>();
  for (const { name, kind } of streams) {
    if (!/^[\w-]{1,32}$/.test(name))
      throw new StoaError('BAD_REQUEST', 'A stream has a name of at most 32 letters and digits.');
    if (names.has(name)) throw new StoaError('BAD_REQUEST', `Two streams are called "${name}".`);
    if (!Object.hasOwn(kindOf, kind)) throw new StoaError('BAD_REQUEST', `There is no kind "${kind}".`);
    names.add(name);
  }
  const sending = offer.sections.filter(({ sends }) => sends);
  return sending.map(({ mid, kind }) => {
    const found = streams.filter((stream) => stream.mid === mid);
    const [stream] = found;
    if (stream === undefined || found.length > 1)
      throw new StoaError('BAD_REQUEST', `The m-line "${mid}" needs one name.`);
    if (kindOf[stream.kind] !== kind)
      throw new StoaError('BAD_REQUEST', `The m-line "${mid}" is of another kind than ${stream.kind}.`);
    return stream;
  });
}

/** Wishes by stream. */
export function checkWishes(wishes: readonly Wish[]): Map<string, Wish> {
  if (wishes.length > maxWishes)
    throw new StoaError('TOO_MANY', `A viewer wants at most ${maxWishes} streams.`);
  for (const { height } of wishes) {
    if (height !== undefined && !(height >= 0))
      throw new StoaError('BAD_REQUEST', 'A height is a number of pixels.');
  }
  return new Map(wishes.map((wish) => [wish.stream, wish]));
}

export function checkLimits({ publish, view, height }: Limits): void {
  if (height !== undefined && !(height > 0))
    throw new StoaError('BAD_REQUEST', 'A height is a number of pixels, above zero.');

  for (const bitrate of [publish, view]) {
    if (bitrate !== undefined && !(bitrate > 0 && Number.isFinite(bitrate)))
      throw new StoaError('BAD_REQUEST', 'A bitrate is a number of bits per second, above zero.');
  }
}
