/**
 * The media plane: forwards what publishers send to those who watch, without decoding it.
 * @module
 */
export { type Codec, type CodecDescription, codecs, type Kind } from './codecs/codecs.ts';
export {
  type Bitrates,
  type Direction,
  type EncodingWish,
  type Limits,
  LocalEngine,
  type MediaEngine,
  type MediaEvent,
  type MediaTotals,
  type OfferedStream,
  type ParticipantStatistics,
  type PublishedStream,
  type Quality,
  type RoomStatistics,
  type SlotContent,
  type Speaker,
  type StreamKind,
  type ViewOffer,
  type Wish,
  WorkerEngine,
  type WorkerEngineOptions,
} from './engine/index.ts';
export { ourExtensionIds } from './forwarding/outgoing-header.ts';
export { SenderClock } from './forwarding/sender-clock.ts';
export { Slot, type SlotOptions } from './forwarding/slot.ts';
export { Source, type SourceOptions } from './forwarding/source.ts';
export { FilePlayer, type FilePlayerOptions } from './player/file-player.ts';
export { manifestName, type RecordingManifest } from './recording/manifest.ts';
export { Room } from './room/room.ts';
export type { RoomOptions } from './room/room-options.ts';
export type { SlotStatistics, StreamDescription, View } from './room/room-types.ts';
export type * from './rtcp/messages.ts';
export { readRtcp } from './rtcp/read.ts';
export { writeRtcp } from './rtcp/write.ts';
export {
  type ExtensionIds,
  extensionUris,
  newHeaderExtensions,
  readHeaderExtensions,
} from './rtp/header-extensions.ts';
export { isRtcp, newRtpHeader, readRtpHeader } from './rtp/rtp-header.ts';
