import { MESIBO_FILETYPE_AUDIO, MESIBO_FILETYPE_IMAGE, MESIBO_FILETYPE_VIDEO } from '../constants/file.ts';
import { MESIBO_MSGSTATUS_FAIL } from '../constants/message.ts';
import { internal } from '../internal.ts';
import { MessageFields } from './message-fields.ts';
import type { MesiboFile } from './message-file.ts';

/** What a message carries besides text: a file, a location, and fields of the application. */
export class MessageContent extends MessageFields {
  /** Has more than text: a file, a title, a subtitle or a location. */
  isRichMessage(): boolean {
    return this.hasFile() || this.hasLocation() || this.title !== '' || this.subtitle !== '';
  }
  isPlainMessage(): boolean {
    return this[internal].kind === 'message' && !this.isRichMessage();
  }
  hasFile(): boolean {
    return this.file !== null;
  }
  hasImage(): boolean {
    return this.file?.type === MESIBO_FILETYPE_IMAGE;
  }
  isImage(): boolean {
    return this.hasImage();
  }
  hasVideo(): boolean {
    return this.file?.type === MESIBO_FILETYPE_VIDEO;
  }
  hasAudio(): boolean {
    return this.file?.type === MESIBO_FILETYPE_AUDIO;
  }
  hasDocument(): boolean {
    return this.hasFile() && !this.hasImage() && !this.hasVideo() && !this.hasAudio();
  }
  hasLocation(): boolean {
    return Math.abs(this.latitude) <= 90 && Math.abs(this.longitude) <= 180;
  }
  hasThumbnail(): boolean {
    return this.tn !== undefined && this.tn.length > 0;
  }
  /** The thumbnail as a URL for an image element, or null. */
  getThumbnail(): string | null {
    if (this.tn === undefined || this.tn.length === 0) return null;
    this[internal].thumbnailUrl ??= dataUrl(this.tn);
    return this[internal].thumbnailUrl;
  }
  getFile(): MesiboFile | null {
    return this.file;
  }
  getFileName(): string {
    return this.file?.name ?? '';
  }
  getFileSize(): number {
    return this.file?.size ?? 0;
  }
  getFileType(): number {
    return this.file?.type ?? 0;
  }
  getFilePath(): string {
    return this.file?.path ?? '';
  }
  getMimeType(): string {
    return this.file?.mime ?? '';
  }
  /** A file is only ever a URL, so it is always there. */
  isFileReady(): boolean {
    return this.hasFile();
  }
  isFilePending(): boolean {
    return false;
  }
  isFileTransferInProgress(): boolean {
    return this[internal].transfer?.inProgress ?? false;
  }
  /** The file of an own message is neither there nor on its way: it was stopped, or could not be uploaded. */
  isFileTransferRequired(): boolean {
    const { transfer } = this[internal];
    return transfer !== undefined && !transfer.inProgress && !transfer.result;
  }
  isFileTransferFailed(): boolean {
    return this[internal].upload !== undefined && this.status >= MESIBO_MSGSTATUS_FAIL;
  }
  isUploadRequired(): boolean {
    return this.isFileTransferRequired();
  }
  isDownloadRequired(): boolean {
    return false;
  }
  /** Goes on with an upload that was stopped, or begins it anew when it has failed. */
  startFileTransfer(_priority?: number): boolean {
    return this[internal].transfer?.restart() ?? false;
  }
  /** Gives an upload up: the message has failed. */
  stopFileTransfer(): boolean {
    return this[internal].transfer?.cancel() ?? false;
  }
  /** Stops an upload for a while, or goes on with it. */
  toggleFileTransfer(priority?: number): boolean {
    const { transfer } = this[internal];
    return transfer?.inProgress ? transfer.cancel(true) : this.startFileTransfer(priority);
  }
  getProgress(): number {
    return this[internal].transfer?.progress ?? (this.hasFile() ? 100 : 0);
  }

  /** Custom fields, which travel with the message. */
  setString(name: string, value: string): void {
    this[internal].fields[name] = String(value);
  }

  setLong(name: string, value: number): void {
    this[internal].fields[name] = Number(value);
  }

  setInt(name: string, value: number): void {
    this[internal].fields[name] = Number(value);
  }

  setDouble(name: string, value: number): void {
    this[internal].fields[name] = Number(value);
  }

  setBoolean(name: string, value: boolean): void {
    this[internal].fields[name] = Boolean(value);
  }

  getString(name: string, fallback = ''): string {
    const value = this[internal].fields[name];
    return typeof value === 'string' ? value : fallback;
  }

  getLong(name: string, fallback = 0): number {
    const value = this[internal].fields[name];
    return typeof value === 'number' ? value : fallback;
  }

  getInt(name: string, fallback = 0): number {
    return this.getLong(name, fallback);
  }

  getDouble(name: string, fallback = 0): number {
    return this.getLong(name, fallback);
  }

  getBoolean(name: string, fallback = false): boolean {
    const value = this[internal].fields[name];
    return typeof value === 'boolean' ? value : fallback;
  }
}

function dataUrl(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  // Browsers look at the bytes, not at the type named here.
  return `data:image/jpeg;base64,${btoa(binary)}`;
}
