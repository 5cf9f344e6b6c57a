import { type Client, fileKindOf, fileKinds, filePreview, type Transfer } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { MESIBO_FILEMODE_UPLOAD, MESIBO_FILESOURCE_MESSAGE } from '../constants/file.ts';
import { MESIBO_MSGSTATUS_FAIL, MESIBO_ORIGIN_REALTIME } from '../constants/message.ts';
import { MESIBO_RESULT_OK } from '../constants/result.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import { draftOf } from './content-mapping.ts';
import type { MesiboMessage } from './message.ts';
import { MesiboFile } from './message-file.ts';
import { uploadByForm } from './upload-form.ts';

/** The file of an own message on its way, as listeners see it. */
export class FileTransfer {
  readonly upload = true;
  readonly mode = MESIBO_FILEMODE_UPLOAD;
  readonly source = MESIBO_FILESOURCE_MESSAGE;
  readonly origin = MESIBO_ORIGIN_REALTIME;
  readonly imageIndex = 0;
  readonly secure = false;
  readonly externalLink = false;
  readonly mid: number;
  readonly ts = Date.now();
  priority = 0;
  /** From 0 to 100. */
  progress = 0;
  /** False: progress is not told, only the end. */
  notifyProgress = true;
  inProgress = true;
  /** Whether it has arrived. */
  result = false;
  private url = '';
  /** The application's own. */
  private fileTransferContext: unknown = null;
  private readonly context: Context;
  private readonly client: Client;
  private readonly message: MesiboMessage;
  private readonly file: Blob;
  private readonly onFailed: () => void;
  private isPaused = false;
  /** Of what the application's own server is asked. */
  private asking = new AbortController();
  private transferId: string | undefined;
  /** The client is about to take it over. */
  private isBeingKept = false;
  private forget = (): void => {};

  constructor(context: Context, client: Client, message: MesiboMessage, file: Blob, onFailed: () => void) {
    this.context = context;
    this.client = client;
    this.message = message;
    this.file = file;
    this.onFailed = onFailed;
    this.mid = message.mid;
    message[internal].transfer = this;
  }

  getPath(): string {
    return 'name' in this.file ? String(this.file.name) : '';
  }
  getUrl(): string {
    return this.url;
  }
  getFile(): Blob {
    return this.file;
  }
  getFileTransferContext(): unknown {
    return this.fileTransferContext;
  }
  setFileTransferContext(context: unknown): void {
    this.fileTransferContext = context;
  }

  /** Uploads the file, unless the application does. */
  begin(): void {
    if (this.context.listeners.ask('StartFileTransfer', this) === true) return;
    const { uploadTarget } = this.context;
    if (uploadTarget === undefined) {
      this.send().catch((error) => this.fail(error));
      return;
    }
    const { url, auth } = uploadTarget;
    const uid = String(this.client.self?.uid ?? 0);
    this.start(url, { op: 'upload', auth, uid, mid: String(this.mid), source: '0' });
  }

  /** Goes on with what an earlier page has left. */
  adopt(transfer: Transfer): void {
    this.transferId = transfer.id;
    this.isPaused = transfer.state === 'paused';
    this.inProgress = !this.isPaused;
    this.watch();
  }

  /**
   * For an application that has taken the transfer: uploads the file by a form with the fields of `post`, as
   * setUploadUrl() would, and sends the message.
   */
  start(url: string, post: object = {}): boolean {
    if (!this.inProgress) return false;
    const { file, asking } = this;
    const form = { fields: post ?? {}, file, name: this.getPath() || 'file', signal: asking.signal };
    uploadByForm(url, form).then(
      (link) => this.asking === asking && this.setResult(link !== undefined, link),
      (error) => asking.signal.aborted || this.fail(error),
    );
    return true;
  }

  setProgress(progress: number): void {
    this.progress = Math.max(0, Math.min(100, Math.round(progress)));
    if (this.notifyProgress || !this.inProgress) this.context.listeners.notify('FileTransferProgress', this);
  }

  /** The application has uploaded the file to `url`, or could not. */
  setResult(ok: boolean, url = ''): void {
    if (!this.inProgress) return;
    if (!ok || url === '') this.fail(new StoaError('UNAVAILABLE', 'The file could not be uploaded.'));
    else this.sendNaming(url).catch((error) => this.fail(error));
  }

  /** `retryLater`: it is not given up, and goes on with startFileTransfer() of the message. */
  cancel(retryLater = false): boolean {
    if (!this.inProgress && !(this.isPaused && !retryLater)) return false;
    // An application that uploads by itself stops, too.
    this.context.listeners.ask('StopFileTransfer', this);
    this.asking.abort();
    const { transferId, client } = this;
    if (retryLater) {
      this.isPaused = true;
      this.inProgress = false;
      if (transferId !== undefined) client.files.pause(transferId).catch((error) => this.fail(error));
      this.setProgress(this.progress);
      return true;
    }
    this.isPaused = false;
    this.inProgress = true;
    // What is gone would count as sent.
    this.forget();
    if (transferId !== undefined) client.files.cancel(transferId).catch(() => {});
    this.fail(new StoaError('CONFLICT', 'The upload was cancelled.'));
    return true;
  }

  /** Goes on with what was stopped, or begins anew what has failed. */
  restart(): boolean {
    if (this.inProgress || this.result) return false;
    if (!this.isPaused) return this.context.messages.resend(this.message) === MESIBO_RESULT_OK;
    this.isPaused = false;
    this.inProgress = true;
    this.asking = new AbortController();
    if (this.transferId === undefined) {
      if (!this.isBeingKept) this.begin();
    } else this.client.files.resume(this.transferId).catch((error) => this.fail(error));
    return true;
  }

  private async send(): Promise<void> {
    const { file, message, client } = this;
    const name = this.getPath();
    const { tn } = message;
    const draft = { ...draftOf(message), localId: this.mid };
    this.isBeingKept = true;
    const sending = client.files.send(targetOf(message), {
      file,
      ...draft,
      ...(name === '' ? {} : { name }),
      ...(tn === undefined ? {} : { about: { thumbnail: tn } }),
    });
    const sent = await sending.finally(() => {
      this.isBeingKept = false;
    });
    this.transferId = sent.id;
    if (this.inProgress || this.isPaused) this.watch();
    if (this.isPaused) await client.files.pause(sent.id);
    else if (!this.inProgress) await client.files.cancel(sent.id);
  }

  /** Sends the message, which says of the file what the client's own uploads say. */
  private async sendNaming(url: string): Promise<void> {
    const { client, message, file } = this;
    const shown = await filePreview(file, file.type);
    if (!this.inProgress) return;
    const thumbnail = message.tn ?? shown.thumbnail;
    const named = new MesiboFile(
      {
        ...shown,
        url,
        type: message.filetype || fileKinds[fileKindOf(file.type)],
        size: file.size,
        ...(file.type === '' ? {} : { mime: file.type }),
        ...(this.getPath() === '' ? {} : { name: this.getPath() }),
        ...(thumbnail === undefined ? {} : { thumbnail }),
      },
      client.files,
    );
    this.url = url;
    Object.assign(message, { file: named, fileurl: named.url, filetype: named.type, size: named.size });
    message.tn = thumbnail;
    client.send(targetOf(message), draftOf(message)).sent.catch(() => {});
    this.ended(true);
  }

  private watch(): void {
    this.forget = this.client.files.onChange(() => this.looked(this.client.files.transfers()));
    this.looked(this.client.files.transfers());
  }

  private looked(transfers: readonly Transfer[]): void {
    const transfer = transfers.find(({ id }) => id === this.transferId);
    if (!this.inProgress) return;
    if (transfer === undefined) this.ended(true);
    else if (transfer.state === 'failed') {
      this.forget();
      this.client.files.cancel(transfer.id).catch(() => {});
      this.fail(transfer.error);
    } else {
      const progress = Math.floor((100 * transfer.sent) / Math.max(1, transfer.size));
      if (progress > this.progress) this.setProgress(progress);
    }
  }

  private fail(error: unknown): void {
    if (!this.inProgress) return;
    this.onFailed();
    this.message.status = MESIBO_MSGSTATUS_FAIL;
    this.ended(false);
    this.context.listeners.notify('MessageStatus', this.message);
    this.context.fail(error);
  }

  private ended(ok: boolean): void {
    this.forget();
    this.inProgress = false;
    this.result = ok;
    this.setProgress(ok ? 100 : this.progress);
  }
}

function targetOf({ groupid, peer }: MesiboMessage) {
  return groupid > 0 ? { gid: groupid } : { peer };
}
