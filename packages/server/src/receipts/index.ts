export { GroupReceipts } from './group-receipts.ts';
export { receiptOperations } from './message-receipts.ts';
export { Receipts, type ReceiptsOptions } from './receipts.ts';
