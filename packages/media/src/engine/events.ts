import type { ConnectionState } from '../transport/connection.ts';
import type { PublishedStream, SlotContent, ViewOffer } from './media-engine.ts';

export type Direction = 'publish' | 'view';
export type Quality = 'good' | 'fair' | 'poor';
/**
 * Why a quality is not good: packets are lost, take long, or (to viewers) the path takes no more pictures, or only smaller
 * ones. What only a publisher's own browser knows is not among them.
 */
export type QualityReason = 'none' | 'loss' | 'delay' | 'bandwidth';

export interface Speaker {
  readonly stream: string;
  readonly participant: string;
  /** From 0 (silence) to 1. */
  readonly level: number;
}

/** One simulcast layer as its publisher should send it (RTCRtpEncodingParameters). */
export interface EncodingWish {
  /** Empty for a stream of one layer. */
  readonly rid: string;
  readonly active: boolean;
}

/** What the media plane tells its server. */
export type MediaEvent =
  | { readonly type: 'streamStarted'; readonly room: string; readonly stream: PublishedStream }
  | { readonly type: 'streamEnded'; readonly room: string; readonly stream: PublishedStream }
  /** Where a viewer finds its streams: all slots, each time that one has changed. */
  | {
      readonly type: 'slots';
      readonly room: string;
      readonly participant: string;
      readonly slots: readonly SlotContent[];
    }
  /** A viewer needs more slots than it has, because streams came that it waits for. Takes the place of older offers. */
  | {
      readonly type: 'offer';
      readonly room: string;
      readonly participant: string;
      readonly offer: ViewOffer;
    }
  /** Who talks, the loudest first, each time that somebody begins or stops; and who is or was the last to have the turn, or null. */
  | {
      readonly type: 'speakers';
      readonly room: string;
      readonly speakers: readonly Speaker[];
      readonly active: string | null;
    }
  /** For the publisher: layers that nobody takes are to be turned off, and on again. */
  | {
      readonly type: 'encodings';
      readonly room: string;
      readonly participant: string;
      readonly stream: string;
      readonly mid: string;
      readonly encodings: readonly EncodingWish[];
    }
  | {
      readonly type: 'connection';
      readonly room: string;
      readonly participant: string;
      readonly direction: Direction;
      readonly state: ConnectionState;
    }
  | {
      readonly type: 'quality';
      readonly room: string;
      readonly participant: string;
      readonly direction: Direction;
      readonly quality: Quality;
      readonly reason: QualityReason;
    }
  /** A file of the recording could not be written; others are. The message is for the log. */
  | { readonly type: 'recordingFailed'; readonly room: string; readonly message: string }
  /** The process that had the room has ended. Whoever was in it has to join anew, in a new room. */
  | { readonly type: 'roomLost'; readonly room: string };
