import type { Client, LocalMessage } from '@stoa/client';
import { MESIBO_MSGSTATUS_FAIL, MESIBO_MSGSTATUS_OUTBOX } from '../constants/message.ts';
import type { Context } from '../context.ts';
import { MesiboDateTime } from '../date-time.ts';
import { internal } from '../internal.ts';
import { randomId } from '../random-id.ts';
import { applyContent } from './content-mapping.ts';
import { fileToUpload } from './file-to-upload.ts';
import { FileTransfer } from './file-transfer.ts';
import { MesiboMessage } from './message.ts';

/** Own messages whose files are on their way: they are shown at once, as waiting; the file goes first, then the message. */
export class Uploads {
  private readonly context: Context;
  /** By the ids of the messages. */
  private readonly messages = new Map<number, MesiboMessage>();

  constructor(context: Context) {
    this.context = context;
  }

  /** The object under which a message was shown while its file was on its way. */
  messageOf({ outgoing, localId }: LocalMessage): MesiboMessage | undefined {
    return outgoing ? this.messages.get(localId) : undefined;
  }

  /** The message was shown before it is in the outbox. */
  shown(message: MesiboMessage): void {
    this.messages.set(message.mid, message);
  }

  /** The message is in the outbox, or has failed. False when it has not been shown before. */
  end(outgoing: boolean, localId: number): boolean {
    return outgoing && this.messages.delete(localId);
  }

  /** False when the content that was set names no file. */
  begin(client: Client, message: MesiboMessage): boolean {
    const file = fileToUpload(message[internal].upload);
    if (file === undefined) return false;
    if (message.mid === 0) message.mid = message.id = randomId();
    message.setTimestampNow();
    queueMicrotask(() => this.context.listeners.message(message, true));
    this.carry(client, message, file);
    return true;
  }

  /** Begins anew what has failed. */
  again(client: Client, message: MesiboMessage): boolean {
    const file = fileToUpload(message[internal].upload);
    if (file === undefined) return false;
    message.status = MESIBO_MSGSTATUS_OUTBOX;
    this.context.listeners.notify('MessageStatus', message);
    this.carry(client, message, file);
    return true;
  }

  /** What an earlier page has left is shown again, and told of like the rest. */
  adopt(client: Client): void {
    for (const transfer of client.files.transfers()) {
      const { localId, target, content, createdAt, file } = transfer;
      if (this.messages.has(localId)) continue;
      const { profiles } = this.context;
      const profile = 'gid' in target ? profiles.group(target.gid) : profiles.user(target.peer);
      const message = MesiboMessage.to(this.context, profile);
      applyContent(message, content);
      message.mid = message.id = localId;
      message.ts = createdAt;
      message.date = new MesiboDateTime(createdAt);
      message[internal].upload = file;
      this.messages.set(localId, message);
      new FileTransfer(this.context, client, message, file, () => this.messages.delete(localId)).adopt(
        transfer,
      );
      this.context.listeners.message(message, true);
    }
  }

  private carry(client: Client, message: MesiboMessage, file: Blob | Promise<Blob>): void {
    const { mid } = message;
    this.shown(message);
    const forget = (): void => void this.messages.delete(mid);
    const begin = (opened: Blob) => new FileTransfer(this.context, client, message, opened, forget).begin();
    if (file instanceof Blob) begin(file);
    else {
      file.then(begin).catch((error) => {
        forget();
        message.status = MESIBO_MSGSTATUS_FAIL;
        this.context.listeners.notify('MessageStatus', message);
        this.context.fail(error);
      });
    }
  }
}
