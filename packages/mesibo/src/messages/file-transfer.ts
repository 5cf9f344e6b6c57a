import type { Client, Transfer } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { MESIBO_FILEMODE_UPLOAD, MESIBO_FILESOURCE_MESSAGE } from '../constants/file.ts';
import { MESIBO_MSGSTATUS_FAIL } from '../constants/message.ts';
import type { Context, UploadTarget } from '../context.ts';
import { internal } from '../internal.ts';
import { draftOf } from './content-mapping.ts';
import type { MesiboMessage } from './message.ts';

/** What setContent was given, as a file; undefined when it is none. */
export function fileToUpload(content: unknown): Blob | undefined {
  if (content instanceof Blob) return content;
  if (typeof content !== 'string' || typeof document === 'undefined') return undefined;
  const input = document.getElementById(content);
  return input instanceof HTMLInputElement ? input.files?.[0] : undefined;
}

/** The file of an own message on its way, as listeners see it. */
export class FileTransfer {
  readonly upload = true;
  readonly mode = MESIBO_FILEMODE_UPLOAD;
  readonly source = MESIBO_FILESOURCE_MESSAGE;
  readonly mid: number;
  readonly ts = Date.now();
  /** From 0 to 100. */
  progress = 0;
  inProgress = true;
  /** Whether it has arrived. */
  result = false;
  private url = '';
  private readonly context: Context;
  private readonly client: Client;
  private readonly message: MesiboMessage;
  private readonly file: Blob;
  private readonly onFailed: () => void;
  private transferId: string | undefined;
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

  /** Uploads the file, unless the application does. */
  begin(): void {
    if (this.context.listeners.ask('StartFileTransfer', this) === true) return;
    const { uploadTarget } = this.context;
    const sent = uploadTarget === undefined ? this.send() : this.post(uploadTarget);
    sent.catch((error) => this.fail(error));
  }

  setProgress(progress: number): void {
    this.progress = Math.max(0, Math.min(100, Math.round(progress)));
    this.context.listeners.notify('FileTransferProgress', this);
  }

  /** The application has uploaded the file to `url`, or could not. */
  setResult(ok: boolean, url = ''): void {
    if (!this.inProgress) return;
    if (!ok || url === '') this.fail(new StoaError('UNAVAILABLE', 'The file could not be uploaded.'));
    else {
      this.url = url;
      this.message.fileurl = url;
      const sending = this.client.send(targetOf(this.message), draftOf(this.message));
      sending.sent.catch(() => {});
      this.ended(true);
    }
  }

  cancel(_retryLater = false): boolean {
    if (!this.inProgress) return false;
    if (this.transferId !== undefined) this.client.files.cancel(this.transferId).catch(() => {});
    this.fail(new StoaError('CONFLICT', 'The upload was cancelled.'));
    return true;
  }

  /** By the form that mesibo documents for servers of applications. */
  private async post({ url, auth }: UploadTarget): Promise<void> {
    const form = new FormData();
    const fields = {
      op: 'upload',
      auth,
      uid: String(this.client.self?.uid ?? 0),
      mid: String(this.mid),
      source: '0',
    };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', this.file, this.getPath() || 'file');
    const response = await fetch(url, { method: 'POST', body: form });
    const answer = (await response.json()) as { result?: unknown; url?: unknown; file?: unknown };
    const link = answer.url ?? answer.file;
    this.setResult(response.ok && answer.result !== false && typeof link === 'string', String(link));
  }

  private async send(): Promise<void> {
    const { file, message, client } = this;
    this.forget = client.files.onChange(() => this.looked(client.files.transfers()));
    const name = this.getPath();
    const draft = { ...draftOf(message), localId: this.mid };
    const sent = await client.files.send(targetOf(message), {
      file,
      ...draft,
      ...(name === '' ? {} : { name }),
    });
    this.transferId = sent.id;
    if (!this.inProgress) await client.files.cancel(sent.id);
    else this.looked(client.files.transfers());
  }

  private looked(transfers: readonly Transfer[]): void {
    const transfer = transfers.find(({ localId }) => localId === this.mid);
    if (transfer === undefined) {
      if (this.transferId !== undefined && this.inProgress) this.ended(true);
    } else if (transfer.state === 'failed') {
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
