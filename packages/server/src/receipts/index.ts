export { GroupReceipts } from './group-receipts.ts';
export { receiptOperations } from './message-receipts.ts';
export { type CursorsMoved, Receipts, type ReceiptsOptions, type TellsDelivered } from './receipts.ts';
