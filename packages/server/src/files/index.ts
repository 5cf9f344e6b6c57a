export { Attachments } from './attachments.ts';
export { isShown } from './content-type.ts';
export { type FileLimits, fileLimits } from './file-limits.ts';
export { FileLinks } from './file-links.ts';
export { type ByteRange, linkSeconds } from './file-store.ts';
export { type Files, openFiles } from './open-files.ts';
export { isSmallPicture } from './picture-size.ts';
export { type CompleteFile, isComplete, type Uploader } from './uploads.ts';
