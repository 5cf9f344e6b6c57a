import type { Codec } from '../codecs/codecs.ts';
import type { StreamKind } from '../engine/media-engine.ts';

/** A stream of the room, as those who view it in another process have to know it. */
export interface PipedStream {
  /** As the engine names it: `<participant>/<name>`. */
  readonly id: string;
  readonly kind: StreamKind;
  /** Of the transport that it comes by now. */
  readonly inRoom: string;
}

/** One layer of a stream, under the number that its packets have in the pipe. */
export interface PipedSource {
  readonly number: number;
  /** By its id in the room. */
  readonly stream: string;
  readonly rid: string;
  readonly codec: Codec;
  readonly ssrc: number;
  /** Pixels; 0 when unknown. */
  readonly width: number;
  readonly height: number;
  /** Bits per second that it had when it was turned off at the publisher; absent while it is on. */
  readonly restingBitrate?: number;
}

/** From the process that a room lives in. */
export type FromHome =
  /** All there are, each time that one has changed. */
  | { readonly type: 'streams'; readonly streams: readonly PipedStream[] }
  | ({ readonly type: 'source' } & PipedSource)
  /** A sender report, and when it came by our clock. */
  | {
      readonly type: 'report';
      readonly number: number;
      readonly ntpMs: number;
      readonly timestamp: number;
      readonly at: number;
    }
  /** How loud each microphone was, ten times a second. */
  | { readonly type: 'levels'; readonly levels: readonly (readonly [string, number])[] };

/** From a process in which others view it. */
export type FromPart =
  /** The streams that somebody has in a slot, by their ids in the room. Packets of others are not sent. */
  | { readonly type: 'want'; readonly streams: readonly string[] }
  | {
      readonly type: 'layers';
      readonly stream: string;
      readonly layers: readonly { readonly rid: string; readonly active: boolean }[];
    }
  | { readonly type: 'keyFrame'; readonly number: number };
