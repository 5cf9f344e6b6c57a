export { type FileKind, fileKindOf } from './file-kinds.ts';
export { type FileSettings, Files, type Transfer } from './files.ts';
export { memoryTransfers, type TransferRecord, type TransferStore } from './transfer-store.ts';
