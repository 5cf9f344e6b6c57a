export type { Direction, EncodingWish, MediaEvent, Quality, Speaker } from './events.ts';
export { LocalEngine } from './local-engine.ts';
export type {
  Bitrates,
  Limits,
  MediaEngine,
  OfferedStream,
  PublishedStream,
  RoomOptions,
  SlotContent,
  StreamKind,
  ViewOffer,
  Wish,
} from './media-engine.ts';
export type * from './statistics.ts';
export { WorkerEngine, type WorkerEngineOptions } from './workers/worker-engine.ts';
