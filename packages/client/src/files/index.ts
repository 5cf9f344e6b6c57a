export type { Transfer } from './active-transfer.ts';
export { type FileKind, fileKindOf, fileKinds } from './file-kinds.ts';
export { type FileSettings, Files } from './files.ts';
export { type NoteKind, NoteRecorder, type RecordedNote } from './note-recorder.ts';
export { filePreview, thumbnailOf } from './preview.ts';
export { memoryTransfers, type TransferRecord, type TransferStore } from './transfer-store.ts';
