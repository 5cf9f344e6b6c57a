export { isHidden } from './hidden.ts';
export { LocalData } from './local-data.ts';
export type { Change, LocalStore, StoreSnapshot } from './local-store.ts';
export { memoryStore } from './memory-store.ts';
export { firstOutboxOrder, nextOrder, orderBehind, outboxOrder } from './order.ts';
export type {
  ConversationRecord,
  DeviceRecord,
  MarkDelta,
  MarksRecord,
  MessageRecord,
  ProfileRecord,
  Range,
  ShownMarks,
  ValueRecord,
} from './records.ts';
export type { Transaction } from './transaction.ts';
