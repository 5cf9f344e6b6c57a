import { internal } from '../internal.ts';
import type { MesiboMessage } from './message.ts';

/** The parameter object of sendMessage. Unknown properties are ignored: applications pass whole objects. */
export interface V1Params {
  readonly id?: number;
  readonly peer?: string | number | null;
  readonly groupid?: number;
  /** The oldest name of groupid. */
  readonly gid?: number;
  readonly flag?: number;
  readonly type?: number;
  readonly channel?: number;
  /** Seconds; 0: real-time only. */
  readonly expiry?: number;
  readonly refid?: number;
  readonly message?: string | ArrayBuffer | ArrayBufferView;
}

/** The file object of sendFile: `fileurl` of what is uploaded already, or `file`. */
export interface V1File {
  readonly filetype?: number;
  readonly fileurl?: string;
  readonly launchurl?: string;
  /** A File, a Blob, the id of an input element or, in Node, a path. */
  readonly file?: unknown;
  readonly tn?: Uint8Array;
  readonly size?: number;
  readonly title?: string;
  readonly message?: string | ArrayBuffer | ArrayBufferView;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** Copies what the v1 generation passes into a message. The destination is set by the caller. */
export function fillFromParams(message: MesiboMessage, params: V1Params & V1File): void {
  if (params.id) message.setMessageId(params.id);
  if (params.flag !== undefined) message.flags = params.flag;
  if (params.type !== undefined) message.type = params.type;
  if (params.channel !== undefined) message.channel = params.channel;
  if (params.expiry !== undefined) message.expiry = params.expiry;
  if (params.refid) message.setInReplyTo(params.refid);
  const { message: said } = params;
  if (typeof said === 'object' && said !== null) message.data = said;
  // Numbers too: JavaScript does not check what applications hand over.
  else if (said !== undefined && said !== null) message.message = String(said);
  if (params.title !== undefined) message.title = params.title;
  if (params.latitude !== undefined) message.latitude = params.latitude;
  if (params.longitude !== undefined) message.longitude = params.longitude;
  message.filetype = params.filetype;
  message.fileurl = params.fileurl;
  message.launchurl = params.launchurl;
  message.size = params.size;
  message.tn = params.tn;
  message[internal].upload = params.file;
}
